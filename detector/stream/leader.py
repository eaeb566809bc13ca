"""The leader: folds the frames of all workers tick by tick, and stores what it finds.

One process leads at a time, by a lease that each of its writes shows: one that was too slow finds itself
fenced off. What it finds follows from the frames alone, and alerts are known by id and revision. So a new
leader starts from the last checkpoint, folds what came after it again, and stores the same findings.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detector.frames import decompressor, unpack
from detector.pending import joined
from detector.store.errors import Fenced, StoreUnavailable
from detector.stream.cold import ColdInStore
from detector.stream.findings import alert_records, campaign_records
from detector.stream.found import Found
from detector.stream.pages import Pager, layout, stored_facts
from detector.stream.patience import PATIENCE_SECONDS, Patience
from detector.stream.reading import ClosedTicks
from detector.stream.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.intake import Frame
    from detector.store.interface import LeaderStore
    from detector.stream.clock import Clock
    from detector.stream.scoring import Scoring
    from detector.stream.service import Stop
    from detector.telemetry.leading import LeaderTelemetry
    from detector.telemetry.logs import Log


@dataclass(frozen=True, slots=True)
class LeaderSettings:
    """Times are of the wall clock, but for the tick's."""

    tick: int
    """event time, ms"""
    version: str
    """what frames must be marked with, see `detector.frames.frame_version`"""
    lease_seconds: float = 30.0
    checkpoint_seconds: float = 300.0
    checkpoint_events: int = 4_000_000
    """or earlier, once so many were folded: what a recovery has to fold again"""
    step_seconds: float = 5.0
    """how long a step may fold, where there is much to catch up, before alerts go out and state is stored"""
    conclude_ticks: int = 64
    """ticks without an alert whose other findings may wait for one transaction"""
    patience_seconds: float = PATIENCE_SECONDS


class Leader:
    """Used by one thread."""

    def __init__(
        self,
        store: LeaderStore,
        start: Callable[[ColdInStore], Scoring],
        owner: str,
        clock: Clock,
        settings: LeaderSettings,
        telemetry: LeaderTelemetry,
        log: Log,
        stop: Stop | None = None,
    ) -> None:
        """`start` makes a state without events; `owner` must be of this life of this process alone.

        Once asked to `stop` it has little patience with a store that is away.
        """
        self._store = store
        self._start = start
        self._owner = owner
        self._clock = clock
        self._settings = settings
        self._telemetry = telemetry
        self._log = log
        self._patience = Patience(clock, settings.patience_seconds, telemetry.failed, log, stop=stop)
        self._succession = Succession(store, clock, settings.lease_seconds)
        self._lease: int | None = None
        self._asked = float("-inf")
        self._term: _Term | None = None
        telemetry.tick_length(settings.tick)

    @property
    def leads(self) -> bool:
        """Whether this process was the leader when it last asked."""
        return self._lease is not None

    @property
    def lease(self) -> int | None:
        """Under which lease it leads, as of when it last asked; any thread may look."""
        return self._lease

    def step(self) -> bool:
        """Lead if nobody else does, and fold what closed; whether anything was folded.

        Raises `StoreError`, `FrameError` and `StateError`.
        """
        try:
            self._lead()
            if self._lease is None:
                return False
            if self._term is None:
                self._term = self._recovered(self._lease)
            return self._advance(self._lease, self._term)
        except StoreUnavailable:
            raise
        except Exception as error:
            # To one who was overtaken the store shows what does not belong together any more.
            if not (isinstance(error, Fenced) or self._is_overtaken()):
                raise
            self._telemetry.fenced()
            self._lost()
            self._stand_by()
            return False

    def checkpoint(self) -> None:
        """Store the state now, where this process leads; raises `StoreError`."""
        if self._lease is None or self._term is None:
            return
        try:
            self._checkpoint(self._lease, self._term)
        except Fenced:
            self._telemetry.fenced()
            self._stand_by()

    def resign(self) -> None:
        """Let another process lead at once, or after the lease if the store is not there to be told."""
        if self._lease is not None:
            with suppress(StoreUnavailable):
                self._store.resign(self._lease)
        self._stand_by()

    def _lead(self) -> None:
        """Ask for the lease, or renew it while at least two thirds of it are left."""
        now = self._clock.monotonic()
        if now - self._asked < self._settings.lease_seconds / 3:
            return
        lease = self._leased()
        if lease != self._lease:
            # Whoever led meanwhile has moved on: what is known here is not the present any more.
            self._lost()
        self._lease = lease
        self._asked = now
        self._telemetry.leads(now=lease is not None)

    def _leased(self) -> int | None:
        ttl = round(self._settings.lease_seconds * 1000)
        lease = self._patience.call(lambda: self._store.lead(self._owner, self._clock.now(), ttl))
        if lease is None and self._patience.call(self._succession.deposed):
            self._log.warning("the leader was silent for a lease, and its clock is ahead of this one")
            lease = self._patience.call(lambda: self._store.lead(self._owner, self._clock.now(), ttl))
        return lease

    def _lost(self) -> None:
        if self._term is not None:
            self._log.warning("another process has led meanwhile")
        self._term = None

    def _is_overtaken(self) -> bool:
        return self._lease is not None and self._leased() != self._lease

    def _stand_by(self) -> None:
        self._lease, self._term = None, None
        self._asked = self._clock.monotonic()
        self._telemetry.leads(now=False)

    def _recovered(self, lease: int) -> _Term:
        """The state of the last checkpoint, or one without events."""
        began = self._clock.monotonic()
        with self._telemetry.span("recover"):
            term = self._patience.call(self._loaded)
        self._telemetry.recovered(self._clock.monotonic() - began)
        self._log.info("leading", lease=lease, tick=term.tick)
        return term

    def _loaded(self) -> _Term:
        cold = ColdInStore(self._store, self._patience)
        scoring = self._start(cold)
        pager = Pager(f"{self._settings.version}.{layout(scoring.state())}")
        found = self._store.load_checkpoint()
        if found is not None:
            state, _ = pager.load(found.manifest, self._store.pages())
            scoring.restore(state)
        tick = None if found is None else found.tick
        return _Term(scoring, cold, pager, tick, self._clock.monotonic())

    def _advance(self, lease: int, term: _Term) -> bool:
        settings = self._settings
        closed = self._patience.call(lambda: self._store.close_ticks(lease, settings.tick, self._clock.now()))
        if closed is None or (term.tick is not None and closed <= term.tick):
            return False
        began = self._clock.monotonic()
        for tick, frames in ClosedTicks(self._store, term.tick, closed, self._patience):
            with self._telemetry.span("tick", tick=tick, frames=len(frames)):
                self._fold(term, tick, frames)
            if term.found.is_due or tick - (term.concluded or tick) >= settings.conclude_ticks:
                self._conclude(lease, term)
            self._lead()
            if self._lease != lease:
                return True
            if self._clock.monotonic() - began >= settings.step_seconds:
                break
        else:
            term.tick = closed
        self._conclude(lease, term)
        self._telemetry.stands(term.scoring.standing())
        self._telemetry.waiting(self._patience.call(lambda: self._store.frames_waiting(term.tick)))
        if self._is_checkpoint_due(term):
            self._checkpoint(lease, term)
        return True

    def _fold(self, term: _Term, tick: int, frames: list[Frame]) -> None:
        began = self._clock.monotonic()
        chunks = []
        for frame in frames:
            chunk, told = unpack(frame.body, tick, self._settings.version, term.decompress)
            term.scoring.learn(told)
            if len(chunk.rows):
                chunks.append(chunk)
        term.tick = tick
        if not chunks:
            return
        end = tick * self._settings.tick
        chunk = joined(chunks)
        alerts = term.scoring.score(chunk, end)
        verdicts = term.scoring.changed(end)
        term.found.alerts += alert_records(alerts)
        term.found.verdicts += verdicts
        term.found.add(term.scoring.noted(chunk, alerts, verdicts, end))
        term.found.campaigns += campaign_records(term.scoring.engine, end)
        term.folded += sum(frame.events for frame in frames)
        self._telemetry.ticked(end, sum(frame.events for frame in frames), self._clock.monotonic() - began)

    def _conclude(self, lease: int, term: _Term) -> None:
        if term.tick is None or term.tick == term.concluded:
            return
        began = self._clock.monotonic()
        found = term.found.findings(term.tick)
        with self._telemetry.span("conclude", alerts=len(found.alerts)):
            self._patience.call(lambda: self._store.conclude(lease, found, self._clock.now()))
        term.concluded, term.found = term.tick, Found()
        self._telemetry.concluded(found, self._clock.monotonic() - began)

    def _is_checkpoint_due(self, term: _Term) -> bool:
        waited = self._clock.monotonic() - term.stored
        return term.folded >= self._settings.checkpoint_events or (
            term.folded > 0 and waited >= self._settings.checkpoint_seconds
        )

    def _checkpoint(self, lease: int, term: _Term) -> None:
        self._conclude(lease, term)
        if term.tick is None:
            return
        began = self._clock.monotonic()
        facts = stored_facts(term.scoring.model_id, self._clock.now())
        written = term.pager.delta(term.tick, term.scoring.state(), facts)
        evicted, revived = term.cold.evicted, term.cold.revived
        delta = replace(written.delta, evicted=evicted, revived=revived)
        with self._telemetry.span("checkpoint", bytes=written.bytes):
            self._patience.call(lambda: self._store.checkpoint(lease, delta))
        term.pager.stored(written)
        term.cold.stored()
        self._telemetry.moved(len(evicted), len(revived))
        term.folded, term.stored = 0, self._clock.monotonic()
        self._telemetry.checkpointed(self._clock.now(), written.bytes, term.stored - began)


class _Term:
    """What a leader knows as long as it leads."""

    def __init__(
        self, scoring: Scoring, cold: ColdInStore, pager: Pager, tick: int | None, now: float
    ) -> None:
        self.scoring = scoring
        self.cold = cold
        self.pager = pager
        self.decompress = decompressor()
        self.tick = tick
        """the last tick that was folded"""
        self.concluded = tick
        self.found = Found()
        self.folded = 0
        """events since the last checkpoint"""
        self.stored = now
        """when that was, in seconds of the monotonic clock"""
