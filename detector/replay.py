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
    from features.batch import Lifecycle
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
        loop, engine = self.start()
        read, emitted, end, learnt = 0, 0, 0, 0
        traffic: list[tuple[int, int]] = []

        def report(block: Block) -> None:
            nonlocal read
            read += block.bytes_read
            progress(Progress(read, loop.counts.read, len(loop.ledger.accounts), emitted))

        def take(ticks: Iterable[Tick]) -> None:
            nonlocal emitted, end
            for tick in ticks:
                alerts = engine.decide(tick)
                emitted += len(alerts)
                end = tick.end
                traffic.append((tick.end, tick.events))
                emit(alerts)

        reader = LogReader(paths, self.reading, loop.counts, letters, report)
        for batch in reader.batches():
            engine.learn(reader.lifecycle[learnt:])
            learnt = len(reader.lifecycle)
            take(loop.observe(batch))
        engine.learn(reader.lifecycle[learnt:])
        take(loop.finish())
        engine.settle(end)
        return Outcome(loop, engine, loop.counts, reader.lifecycle, reader.errors, emitted, end, traffic)
