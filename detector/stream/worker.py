"""A worker: takes in the records of its share of the partitions, and makes durable what they came to.

A position and everything that follows from the records before it are stored in one transaction, fenced by
the partition's epoch. So a record counts once, whoever reads it how often: a worker that was killed, was
cut off or lost a partition has left all of a commit or nothing of it, and its successor reads on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from detector.store.errors import Fenced
from detector.stream.partition import Partition
from detector.stream.patience import PATIENCE_SECONDS, Patience
from streaming.dead_letters import dead_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from detector.store.intake import Claim, PartitionCommit
    from detector.store.interface import IntakeStore
    from detector.stream.clock import Clock
    from detector.stream.observing import Observer
    from detector.stream.partition import Decoding
    from detector.stream.service import Stop
    from detector.telemetry.intake import IntakeTelemetry
    from detector.telemetry.logs import Log
    from streaming.dead_letter_limit import DeadLetterLimit
    from streaming.partitions import Polled
    from streaming.source import Block


class Feed(Protocol):
    """Where a worker's records come from, as `streaming.pump.Pump` hands them over."""

    def take(self, timeout: float) -> Polled:
        """Whatever there is, waiting at most `timeout` seconds for it."""
        ...

    def seek(self, origin: str, position: int | None) -> None:
        """Let the next records taken of `origin` be those from `position` on, or from where settings say."""
        ...

    def commit(self, offsets: Mapping[str, int]) -> None:
        """Tell the log how far we are, for monitoring."""
        ...

    def origins(self) -> Collection[str]:
        """All partitions that there are, this worker's or not."""
        ...

    def ends(self) -> Mapping[str, int]:
        """Origins of which every record was taken, as of lately, and where each ends."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """When a worker commits."""

    commit_records: int = 16_384
    """or earlier, once this many records wait"""
    commit_seconds: float = 1.0
    idle_seconds: float = 60.0
    """after so long without a record, ticks close without a partition"""
    patience_seconds: float = PATIENCE_SECONDS
    reclaim_seconds: float = 10.0
    """how soon a partition that another claimed is claimed back, if the feed does not say it is lost"""


class Worker:
    """Used by one thread."""

    def __init__(
        self,
        store: IntakeStore,
        feed: Feed,
        decoding: Decoding,
        owner: str,
        clock: Clock,
        settings: WorkerSettings,
        limit: DeadLetterLimit,
        telemetry: IntakeTelemetry,
        log: Log,
        observers: Sequence[Observer] = (),
        stop: Stop | None = None,
    ) -> None:
        """`owner` names this process in the store, for people; `limit` says when a stream is not ours.

        Once asked to `stop` it has little patience with a store that is away.
        """
        self._store = store
        self._feed = feed
        self._decoding = decoding
        self._owner = owner
        self._clock = clock
        self._settings = settings
        self._limit = limit
        self._telemetry = telemetry
        self._log = log
        self._observers = observers
        self._patience = Patience(clock, settings.patience_seconds, telemetry.failed, log, stop=stop)
        self._partitions: dict[str, Partition] = {}
        self._heard: dict[str, float] = {}
        self._fenced: dict[str, float] = {}
        self._committed = clock.monotonic()

    @property
    def origins(self) -> Collection[str]:
        """The partitions that it owns."""
        return self._partitions.keys()

    def step(self, timeout: float) -> None:
        """Handle what the feed has, and commit where that is due; raises `SourceError` and `StoreError`."""
        polled = self._feed.take(timeout)
        self._drop(polled.revoked)
        for origin in polled.revoked:
            self._fenced.pop(origin, None)
        reclaimed = self._taken_from_us()
        if wanted := {*polled.assigned, *reclaimed}:
            self._claim(wanted)
        for block in polled.blocks:
            # What came of a partition before it was claimed back lies ahead of where it goes on.
            if block.origin not in reclaimed:
                self._take(block)
        if self._is_due():
            self.commit()

    def commit(self) -> None:
        """Make durable what was taken in, and say which partitions fell silent; raises `StoreError`."""
        began = self._clock.monotonic()
        self._committed = began
        silent = self._silent(began)
        while waiting := [one for one in self._partitions.values() if one.pending or one.origin in silent]:
            commits = [one.commit(idle=one.origin in silent) for one in waiting]
            if self._stored(commits):
                for partition, commit in zip(waiting, commits, strict=True):
                    partition.committed(commit)
                self._feed.commit({commit.origin: commit.position for commit in commits})
                self._telemetry.committed(commits, self._clock.monotonic() - began)
                break
        for observer in self._observers:
            observer.store()

    def _stored(self, commits: Sequence[PartitionCommit]) -> bool:
        """Whether the store took `commits`; if not, the partition that was in the way is given up."""
        try:
            with self._telemetry.span("commit", partitions=len(commits)):
                self._patience.call(lambda: self._store.commit(commits, self._clock.now()))
        except Fenced as fenced:
            self._give_up(fenced.what)
            return False
        return True

    def _claim(self, origins: Collection[str]) -> None:
        # First of all partitions: no tick must close by ours alone while others are not claimed yet.
        self._patience.call(lambda: self._store.expect(self._feed.origins(), self._clock.now()))
        claims = self._patience.call(lambda: self._store.claim(origins, self._owner, self._clock.now()))
        for origin, claim in sorted(claims.items()):
            # What was read under an older claim was not committed, and is read again.
            self._partitions[origin] = self._patience.call(partial(self._opened, claim))
            self._heard[origin] = self._clock.monotonic()
            self._fenced.pop(origin, None)
            self._feed.seek(origin, claim.position)
        self._telemetry.assigned(claims.values())
        self._log.info("claimed", partitions=len(claims), owned=len(self._partitions))

    def _opened(self, claim: Claim) -> Partition:
        seen = self._store.seen(claim.origin, self._decoding.seen_since(claim))
        return Partition(claim, seen, self._decoding)

    def _give_up(self, origin: str) -> None:
        self._telemetry.fenced()
        self._drop([origin])
        self._fenced[origin] = self._clock.monotonic()

    def _taken_from_us(self) -> set[str]:
        """Partitions that another claimed some time ago, and that are still ours as far as the feed knows.

        Whoever is slow may claim one after its next owner did. Nobody would read it then.
        """
        now = self._clock.monotonic()
        return {
            origin for origin, then in self._fenced.items() if now - then >= self._settings.reclaim_seconds
        }

    def _drop(self, origins: Iterable[str]) -> None:
        dropped = [origin for origin in origins if self._partitions.pop(origin, None) is not None]
        if dropped:
            self._telemetry.revoked(dropped)
            self._log.info("gave up", partitions=len(dropped), owned=len(self._partitions))

    def _take(self, block: Block) -> None:
        partition = self._partitions.get(block.origin)
        if partition is None:
            return
        self._heard[block.origin] = self._clock.monotonic()
        if partition.idle:
            try:
                closed = self._patience.call(lambda: self._store.wake(partition.origin, partition.epoch))
            except Fenced:
                self._give_up(partition.origin)
                return
            partition.wake(closed)
        decoded = partition.take(block, self._clock.now())
        # Before the commit: what a limit stops is read again once the settings are right.
        self._limit.observe(decoded.lines, dead_letters(block, decoded.rejected))
        self._telemetry.decoded(decoded)
        for observer in self._observers:
            observer.see(block, decoded)

    def _is_due(self) -> bool:
        waiting = sum(partition.pending for partition in self._partitions.values())
        patient = self._clock.monotonic() - self._committed < self._settings.commit_seconds
        return waiting >= self._settings.commit_records or not patient

    def _silent(self, now: float) -> set[str]:
        """Partitions that fell silent since the last commit, and that were read up to their end."""
        quiet = [
            one.origin
            for one in self._partitions.values()
            if not one.idle
            and not one.pending
            and now - self._heard[one.origin] >= self._settings.idle_seconds
        ]
        ends = self._feed.ends() if quiet else {}
        silent = ends.keys() & set(quiet)
        for origin in silent:
            self._partitions[origin].begin(ends[origin])
        return silent
