"""A replay: logs in, and out what the live service would have found, tick by tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.engine import Engine, Model
from detector.grouping import Grouping, Links
from detector.reader import LogReader
from detector.ticks import TickLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from detector.alert import Alert
    from detector.intake import Counts
    from detector.ledger import Tick
    from detector.policy import Policy
    from detector.reader import ReadSettings
    from features.batch import EventBatch, Lifecycle
    from features.text.kernel import TextKernel
    from models.artefact import Artefact
    from streaming.admission import AdmissionSettings
    from streaming.dead_letters import DeadLetters
    from streaming.source import Block, SourceError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is."""

    bytes_read: int
    events: int
    accounts: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay leaves behind."""

    loop: TickLoop
    engine: Engine
    counts: Counts
    lifecycle: Sequence[Lifecycle]
    errors: Sequence[SourceError]
    """sources that broke off; what was read before was used"""
    alerts: int
    """revisions emitted"""
    end: int
    """end of the last tick, ms; 0 for an empty log"""
    traffic: Sequence[tuple[int, int]]
    """of each tick: its end in ms, and its events"""

    @property
    def grouping(self) -> Grouping:
        """The campaigns at the end, and what they mean for accounts."""
        tracked = self.engine.campaigns
        links = {
            one.campaign_id: Links(shown.accounts, shown.places, shown.requests)
            for one in tracked.campaigns
            for shown in [tracked.evidence(one.campaign_id)]
        }
        return Grouping(tracked.campaigns, tracked.covered_at, links)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay is made of; every `run` starts anew."""

    artefact: Artefact
    policy: Policy
    kernel: TextKernel
    reading: ReadSettings
    admission: AdmissionSettings

    def start(self) -> tuple[TickLoop, Engine]:
        """A loop without events, and the engine that scores its accounts."""
        loop = TickLoop(self.kernel, self.admission)
        return loop, Engine(loop.ledger, Model.of(self.artefact), self.policy)

    def run(
        self,
        paths: Sequence[str],
        letters: DeadLetters,
        emit: Callable[[Iterable[Alert]], None],
        progress: Callable[[Progress], None],
    ) -> Outcome:
        """Replay `paths`; alerts go to `emit` in order of time, as their ticks close.

        Raises `FormatError` where a file is of no known format, and `SourceError` where one is missing.
        """
        course = Course(*self.start(), emit)
        read = 0

        def report(block: Block) -> None:
            nonlocal read
            read += block.bytes_read
            progress(course.progress(read))

        reader = LogReader(paths, self.reading, course.loop.counts, letters, report)
        for batch in reader.batches():
            course.take(batch, reader.lifecycle)
        return course.finish(reader.lifecycle, reader.errors)


class Course:
    """A replay under way: batches in, alerts out as ticks close."""

    def __init__(self, loop: TickLoop, engine: Engine, emit: Callable[[Iterable[Alert]], None]) -> None:
        self.loop = loop
        self._engine = engine
        self._emit = emit
        self._emitted = 0
        self._end = 0
        self._learnt = 0
        self._traffic: list[tuple[int, int]] = []

    def take(self, batch: EventBatch, lifecycle: Sequence[Lifecycle]) -> None:
        """Score what a batch closes; `lifecycle` is all that was read by then."""
        self._learn(lifecycle)
        self._decide(self.loop.observe(batch))

    def progress(self, read: int) -> Progress:
        """Where it stands, when so much of the input was read."""
        return Progress(read, self.loop.counts.read, len(self.loop.ledger.accounts), self._emitted)

    def finish(self, lifecycle: Sequence[Lifecycle], errors: Sequence[SourceError]) -> Outcome:
        """Close what is left; `errors` say which inputs could be read no further."""
        self._learn(lifecycle)
        self._decide(self.loop.finish())
        self._engine.settle(self._end)
        return Outcome(
            self.loop,
            self._engine,
            self.loop.counts,
            lifecycle,
            errors,
            self._emitted,
            self._end,
            self._traffic,
        )

    def _learn(self, lifecycle: Sequence[Lifecycle]) -> None:
        self._engine.learn(lifecycle[self._learnt :])
        self._learnt = len(lifecycle)

    def _decide(self, ticks: Iterable[Tick]) -> None:
        for tick in ticks:
            alerts = self._engine.decide(tick)
            self._emitted += len(alerts)
            self._end = tick.end
            self._traffic.append((tick.end, tick.events))
            self._emit(alerts)
