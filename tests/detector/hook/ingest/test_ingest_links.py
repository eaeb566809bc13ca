"""Whose keys are whose, told to a store that may be away."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from detector.hook.ingest.links import Links, links_of
from detector.store.errors import StoreError
from detector.store.hook_records import Link
from detector.telemetry.logs import open_logs
from features.batch import Lifecycle
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = Link("api_key", "key-1", "account-1")
PERSON = Link("end_user", "person-1", "account-1")


class Away:
    """A store that fails some times, and then remembers."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.told: list[list[Link]] = []

    def link(self, links: Sequence[Link]) -> None:
        """As `LinkStore.link`."""
        if self.failures:
            self.failures -= 1
            raise StoreError("the store does not answer; start it")
        self.told.append(sorted(links, key=lambda link: link.subject))


def test_events_tell_whose_keys_are_whose() -> None:
    """Each once, whatever the number of events; customers choose the ids of end users, which tell nothing."""
    event = UsageEvent(account_id="account-1", api_key_id="key-1", end_user_id="person-1")
    found = links_of([(b"", event), (b"", event), (b"", Lifecycle("ban", 1, "account-1"))])
    assert found == {KEY}


def test_each_link_is_told_once() -> None:
    """A second event with the same key costs the store nothing."""
    store = Away(0)

    async def work() -> None:
        with open_logs(io.StringIO()) as log:
            links = Links(store, log)
            for found in ([KEY, PERSON], [KEY], [PERSON, KEY]):
                links.note(found)
                await links.settled()

    asyncio.run(work())
    assert store.told == [[KEY, PERSON]]


def test_a_store_that_was_away_is_told_by_the_next_events() -> None:
    """Nobody who sends events notices."""
    store = Away(1)

    async def work() -> None:
        with open_logs(io.StringIO()) as log:
            links = Links(store, log)
            for _ in range(2):
                links.note([KEY])
                await links.settled()

    asyncio.run(work())
    assert store.told == [[KEY]]
