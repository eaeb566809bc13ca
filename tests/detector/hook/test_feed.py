"""From the store into memory, and how a process stands while it loads or the store is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.hook.controls import exemption, mode_control
from detector.hook.decision import Facts
from detector.hook.feed import BATCH
from tests.detector.hook.api import Api, concluded, run
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.hook_records import Control
    from detector.store.interface import Store


def command(store: Store, *controls: Control) -> None:
    """Let them count."""
    store.control(controls, "test", "a test", NOW)


def many_accounts(store: Store) -> None:
    """As many allow-listed accounts as one look takes over, and then `a`."""
    command(store, *(exemption("allow", f"other-{number}", None) for number in range(BATCH)))
    command(store, exemption("allow", "a", None))


def many_homes(store: Store) -> None:
    """An allow-listed organisation, and `a` of it after as many accounts as one look takes over."""
    command(store, exemption("allow_organisation", "good", None))
    store.keep_organisations({f"other-{number}": "other" for number in range(BATCH)})
    store.keep_organisations({"a": "good"})


@pytest.mark.parametrize("allow", [many_accounts, many_homes])
def test_a_process_that_loads_denies_nobody_who_is_allow_listed(
    store: Store, allow: Callable[[Store], None]
) -> None:
    """However long the allow-list is, verdicts are not live before all of it is."""
    command(store, mode_control("enforce"))
    allow(store)
    concluded(store, ("a", 0.99), ("b", 0.99), time=NOW)

    async def work(api: Api) -> None:
        decider = api.parts.decider
        while not decider.ready:
            assert decider.decide(Facts(account_id="a")).enforced == "allow"
            await api.parts.feed.look()
        assert decider.decide(Facts(account_id="a")).enforced == "allow"
        assert decider.decide(Facts(account_id="b")).enforced == "block"

    run(work, store)
