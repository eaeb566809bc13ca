"""From the store into memory, and how a process stands while it loads or the store is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from detector.hook.controls import exemption, mode_control
from detector.hook.decision import Facts
from detector.hook.feed import BATCH
from detector.store.errors import StoreUnavailable
from detector.store.hook_records import Link
from tests.detector.hook.api import Api, concluded, run
from tests.detector.hook.made import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.hook_records import Control
    from detector.store.interface import Store

HOUR: Final = 3_600_000


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


def test_age_is_not_measured_by_a_clock_that_is_set(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away is said to be, also where the wall clock was set back meanwhile."""

    def gone(*_: object) -> None:
        raise StoreUnavailable("store gone")

    async def work(api: Api) -> None:
        api.clock.wrong = -HOUR
        api.clock.sleep(60)
        with monkeypatch.context() as patch:
            patch.setattr(store, "controls", gone)
            await api.parts.feed.look()
        health = (await api.client.get("/healthz")).json()
        assert (health["status"], health["age_seconds"]) == ("stale", 60.0)
        await api.parts.feed.look()
        health = (await api.client.get("/healthz")).json()
        assert (health["status"], health["age_seconds"]) == ("ok", 0.0)

    run(work, store)


def test_links_are_forgotten_by_the_hour(store: Store) -> None:
    """Those beyond what is remembered, also where the wall clock was set back meanwhile."""

    async def work(api: Api) -> None:
        store.link([Link("api_key", "k", "a"), Link("api_key", "l", "a")])
        await api.parts.feed.look()
        assert len(store.links(0, 10)) == 2
        api.clock.wrong = -HOUR
        api.clock.sleep(3601)
        await api.parts.feed.look()
        assert [found.link.subject for found in store.links(0, 10)] == ["l"]

    run(work, store, subjects=1)
