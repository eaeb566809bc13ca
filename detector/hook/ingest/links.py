"""Whose API keys and end users are whose, as events tell it: verdicts are then found by these, too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from detector.store.errors import StoreError
from detector.store.hook_records import Link
from detector.telemetry.fields import Failure
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detector.hook.ingest.check import Event
    from detector.telemetry.logs import Log

KNOWN: Final = 1_000_000
"""links that need not be told again; beyond that all are told once more, which changes nothing"""
PENDING: Final = 10_000


class LinkStore(Protocol):
    """What of the store is needed."""

    def link(self, links: Sequence[Link]) -> None:
        """Remember links; what is known already stays as it is."""
        ...


def links_of(events: Iterable[tuple[bytes, Event]]) -> set[Link]:
    """The links that events tell: of keys, which the gateway names. End users are named by customers."""
    found: set[Link] = set()
    for _, event in events:
        if isinstance(event, UsageEvent) and event.account_id and event.api_key_id:
            found.add(Link("api_key", event.api_key_id, event.account_id))
    return found


class Links:
    """Tells a store of links, each once, beside the requests that they come with.

    Used by the event loop. A store that does not answer costs links, which the next events bring again.
    """

    def __init__(self, store: LinkStore, log: Log) -> None:
        self._store = store
        self._log = log
        self._known: set[int] = set()
        self._pending: list[Link] = []
        self._telling: asyncio.Task[None] | None = None

    def note(self, links: Iterable[Link]) -> None:
        """Tell those that are new, soon."""
        for link in links:
            if hash(link) not in self._known and len(self._pending) < PENDING:
                self._known.add(hash(link))
                self._pending.append(link)
        if len(self._known) > KNOWN:
            self._known.clear()
        if self._pending and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell())

    async def settled(self) -> None:
        """Once everything that was noted is told."""
        if self._telling is not None:
            await self._telling

    async def _tell(self) -> None:
        while self._pending:
            links, self._pending = self._pending, []
            try:
                await asyncio.to_thread(self._store.link, links)
            except StoreError as error:
                self._known.difference_update(map(hash, links))
                self._log.warning("links were not stored", links=len(links), error=Failure(error))
