"""From the store into memory: everything at first, then what is new, a few times a second."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from detector.store.errors import StoreError
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.hook.applying import Applier
    from detector.hook.decide import Decider
    from detector.hook.telemetry import HookTelemetry
    from detector.hook.verdicts.subjects import Subjects
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

_T = TypeVar("_T")

BATCH: Final = 2000
"""rows read at a time; applying them takes some 20 ms"""
SLICE: Final = 200
"""of which so many are applied before requests are answered in between"""
REPLAYED: Final = 10_000
"""accounts whose history is read at the start, to know which rule holds"""
PRUNED_SECONDS: Final = 3600.0
STALE_SECONDS: Final = 10.0
"""after which the feed is said to be stale"""


class Feed:
    """Follows the store by version. The store is asked in a thread of its own; memory belongs to the loop."""

    def __init__(
        self,
        store: Store,
        decider: Decider,
        subjects: Subjects,
        applier: Applier,
        telemetry: HookTelemetry,
        clock: Clock,
        log: Log,
    ) -> None:
        self._store = store
        self._decider = decider
        self._subjects = subjects
        self._applier = applier
        self._telemetry = telemetry
        self._clock = clock
        self._log = log
        self._thread = ThreadPoolExecutor(1, "store")
        self._answered: float | None = None
        """when the store last answered, on the clock that is never set; None: never"""
        self.total = 0
        """version of the latest verdict in the store, as last heard"""
        self._failing = False
        self._pruned: float | None = None

    @property
    def version(self) -> int:
        """Of the last verdict in memory."""
        return self._decider.table.latest

    @property
    def controls(self) -> int:
        """Version of the last control in memory."""
        return self._applier.controls

    @property
    def age(self) -> float | None:
        """Seconds since the store last answered; None: it never did."""
        return None if self._answered is None else self._clock.monotonic() - self._answered

    def stale(self) -> bool:
        """Whether the store has not answered for long."""
        return self.age is None or self.age > STALE_SECONDS

    async def run(self, every: float) -> None:
        """Look every so many seconds, until cancelled."""
        try:
            while True:
                more = await self._survive()
                self._telemetry.flush()
                await asyncio.sleep(0 if more else every)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def look(self) -> bool:
        """Take over what is new; whether there is more. A store that does not answer changes nothing."""
        try:
            more = await self._take()
            if not more and not self._decider.ready:
                await self._settle()
            await self._prune()
        except StoreError as error:
            self._fails(error)
            return False
        self._answered, now = self._clock.monotonic(), self._clock.now()
        self._failing = False
        self._applier.end_exemptions(now)
        self._telemetry.fed(now, max(0, self.total - self.version))
        self._telemetry.holds(self._decider, len(self._subjects))
        return more

    async def _survive(self) -> bool:
        """Look, and go on whatever happens: a feed that ended would leave verdicts as they are for good."""
        try:
            return await self.look()
        except Exception as error:  # noqa: BLE001 - as said
            self._fails(error)
            return False

    async def _take(self) -> bool:
        """All controls and homes first: a verdict must not be live before the allow-list is."""
        if await self._controls() == BATCH or await self._homes() == BATCH:
            return True
        links = await self._ask(lambda: self._store.links(self._subjects.latest, BATCH))
        for start in range(0, len(links), SLICE):
            some = links[start : start + SLICE]
            self._applier.take_links(one.link for one in some)
            self._subjects.latest = some[-1].version
            await asyncio.sleep(0)
        if not self._decider.ready:
            self.total = (await self._ask(self._store.leadership)).verdicts
        verdicts = await self._ask(lambda: self._store.verdicts(self.version, BATCH))
        for start in range(0, len(verdicts), SLICE):
            some_verdicts = verdicts[start : start + SLICE]
            self._applier.take_verdicts(some_verdicts)
            self._decider.table.latest = some_verdicts[-1].version
            await asyncio.sleep(0)
        self.total = max(self.total, self.version)
        return BATCH in {len(links), len(verdicts)}

    async def _controls(self) -> int:
        """What people decided; how many controls were read."""
        found = await self._ask(lambda: self._store.controls(self._applier.controls, BATCH))
        self._applier.take_controls(found)
        return len(found)

    async def _homes(self) -> int:
        """Who is of which organisation matters only while one is allow-listed; how many were read."""
        allowed = self._decider.allowed
        if not allowed.needs_homes:
            return 0
        found = await self._ask(lambda: self._store.homes(allowed.homes_read, BATCH))
        self._applier.take_homes(found)
        return len(found)

    async def _settle(self) -> None:
        """All was loaded: what holds for accounts near a rule's bar depends on their earlier verdicts."""
        rows = list(dict.fromkeys(self._decider.uncertain))[:REPLAYED]
        for row in rows:
            account = self._decider.table.account(row)
            history = await self._ask(partial(self._store.verdict_history, account))
            self._decider.replay(row, history)
        self._decider.uncertain.clear()
        self._decider.ready = True
        self._log.info("verdicts loaded", verdicts=len(self._decider.table), version=self.version)

    async def _prune(self) -> None:
        """Once an hour: links beyond those that are remembered need not be stored."""
        now = self._clock.monotonic()
        if self._pruned is None or now - self._pruned > PRUNED_SECONDS:
            self._pruned = now
            await self._ask(partial(self._store.keep_links, self._subjects.most))

    def _fails(self, error: Exception) -> None:
        self._telemetry.unfed()
        if not self._failing:
            self._log.warning(
                "store does not answer; going on with what is in memory", failure=Failure(error)
            )
        self._failing = True

    async def _ask(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
