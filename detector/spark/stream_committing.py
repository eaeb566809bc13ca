"""Makes durable in the driver what the executors took: exactly once, in one transaction a batch.

Spark repeats a batch until it has written that it is done, from the state before it and with the same
offsets. The store's positions are what counts: a batch that is durable already is left out, and whoever
claimed the partitions meanwhile has fenced this query off.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from detector.spark.stream_standing import Standing, grouped
from detector.store.errors import Fenced, StoreError
from detector.stream.patience import PATIENCE_SECONDS, Patience
from streaming.dead_letters import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from detector.spark.stream_taken import Taken
    from detector.store.intake import PartitionCommit
    from detector.store.interface import IntakeStore
    from detector.stream.clock import Clock
    from detector.telemetry.intake import IntakeTelemetry
    from detector.telemetry.logs import Log
    from streaming.admission import AdmissionSettings
    from streaming.dead_letter_limit import DeadLetterLimit

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class CommitSettings:
    """As of workers."""

    admission: AdmissionSettings
    idle_seconds: float = 60.0
    patience_seconds: float = PATIENCE_SECONDS


class Committer:
    """Of one life of one query; its threads may call at once."""

    def __init__(
        self,
        store: IntakeStore,
        owner: str,
        clock: Clock,
        settings: CommitSettings,
        limit: DeadLetterLimit,
        telemetry: IntakeTelemetry,
        log: Log,
    ) -> None:
        """`owner` names this process in the store, for people; `limit` says when a stream is not ours."""
        self._store = store
        self._owner = owner
        self._clock = clock
        self._settings = settings
        self._limit = limit
        self._telemetry = telemetry
        self._log = log
        self._patience = Patience(clock, settings.patience_seconds, telemetry.failed, log)
        self._standing: dict[str, Standing] = {}
        self._lock = threading.Lock()
        self._finished = False

    def claim(self, origins: Collection[str]) -> None:
        """Own partitions, of all that there are; whoever read them is fenced off."""
        with self._lock:
            self._claim(origins)

    @property
    def positions(self) -> dict[str, int | None]:
        """Where each partition goes on; None: at its first record."""
        return {origin: one.position for origin, one in self._standing.items()}

    def seen(self) -> Iterator[tuple[str, int, bytes, bytes]]:
        """Of partitions that somebody has read: position, witnesses, and ids (`SEEN`) that still matter."""
        remember = self._settings.admission.remember
        for origin, one in self._standing.items():
            if one.position is not None:
                since = max((one.watermark or remember) - remember, 0)
                ids = self._patience.call(partial(self._seen, origin, since))
                yield origin, one.position, one.witnesses.tobytes(), ids

    def commit(self, rows: Sequence[tuple[str, int, Taken]], planned: float) -> None:
        """Store what a batch took, by origin and shard; `planned` is when it was clear what it reads.

        Raises `StoreError`, also where another claimed a partition; `SparkError` where the checkpoint is not
        of the store; `DeadLetterLimitError` before anything of a stream is stored that is not ours.
        """
        with self._lock:
            if self._finished:
                raise StoreError("asked to stop: the batch is repeated at the next start")
            began = self._clock.monotonic()
            taken = dict(grouped(rows))
            self._claim(taken.keys() - self._standing.keys())
            commits = [
                self._made(self._standing[origin], some, planned)
                for origin, some in taken.items()
                if not self._standing[origin].is_known(some)
            ]
            for commit in commits:
                self._observe(commit, taken[commit.origin])
            self._stored(commits, began)

    def settle(self, ends: Mapping[str, int], then: float) -> None:
        """Let ticks close without partitions that were at their `ends`, and had been silent, as of `then`."""
        with self._lock:
            silent = [
                one
                for origin, one in self._standing.items()
                if origin in ends and not one.idle and then - one.heard >= self._settings.idle_seconds
            ]
            began = self._clock.monotonic()
            self._stored([one.silent(ends[one.origin]) for one in silent], began)

    def finish(self) -> None:
        """Store nothing any more, once what is being stored is."""
        with self._lock:
            self._finished = True

    def _claim(self, origins: Collection[str]) -> None:
        if not origins:
            return
        self._patience.call(lambda: self._store.expect(origins, self._clock.now()))
        claims = self._patience.call(lambda: self._store.claim(origins, self._owner, self._clock.now()))
        now = self._clock.monotonic()
        for origin, claim in claims.items():
            self._standing[origin] = Standing.of(claim, self._settings.admission.tick, now)
        self._telemetry.assigned(claims.values())
        self._log.info("claimed", partitions=len(claims), owned=len(self._standing))

    def _seen(self, origin: str, since: int) -> bytes:
        return b"".join(self._store.seen(origin, since))

    def _made(self, one: Standing, taken: Sequence[Taken], planned: float) -> PartitionCommit:
        one.heard = planned
        if one.idle:
            one.wake(self._call(lambda: self._store.wake(one.origin, one.epoch)))
        return one.commit(taken)

    def _observe(self, commit: PartitionCommit, taken: Sequence[Taken]) -> None:
        # Before it is stored: what a limit stops is read again once the settings are right.
        letters = [DeadLetter(commit.origin, one.position, one.reason, one.detail) for one in commit.letters]
        self._limit.observe(sum(one.counts.read for one in taken), letters)

    def _stored(self, commits: Sequence[PartitionCommit], began: float) -> None:
        if not commits:
            return
        with self._telemetry.span("commit", partitions=len(commits)):
            self._call(lambda: self._store.commit(commits, self._clock.now()))
        for commit in commits:
            self._standing[commit.origin].committed(commit)
        self._telemetry.committed(commits, self._clock.monotonic() - began)

    def _call(self, call: Callable[[], _Result]) -> _Result:
        try:
            return self._patience.call(call)
        except Fenced as fenced:
            self._telemetry.fenced()
            raise StoreError(
                f"{fenced.what} was claimed by another process, so this one stopped; let either Spark or "
                "workers read a topic, not both"
            ) from fenced
