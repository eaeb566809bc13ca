"""A replay whose logs are decoded and sketched by executors, and whose ticks are folded here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector import compose
from detector.replay import Outcome, Progress, Replay
from detector.spark.stage import write_stage
from detector.spark.staged import StageReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.alert import Alert
    from detector.ledger import Tick
    from streaming.dead_letters import DeadLetters


@dataclass(frozen=True, slots=True)
class Backfill(Replay):
    """As `Replay`, to the same effect."""

    session: SparkSession
    stage: Path
    """a folder that is not there yet, and that executors find under this name, too"""
    keep_payload: bool

    @classmethod
    def of(cls, replay: Replay, session: SparkSession, stage: Path, *, keep_payload: bool) -> Backfill:
        """The same replay, on Spark."""
        parts = (replay.artefact, replay.policy, replay.kernel, replay.reading, replay.admission)
        return cls(*parts, session, stage, keep_payload)

    def run(
        self,
        paths: Sequence[str],
        letters: DeadLetters,
        emit: Callable[[Iterable[Alert]], None],
        progress: Callable[[Progress], None],
    ) -> Outcome:
        """As `Replay.run`; `progress` counts events for bytes. Raises `SparkError`, too."""
        intake = compose.Intake(self.kernel, self.reading)
        write_stage(self.session, paths, intake, self.stage, keep_payload=self.keep_payload)
        loop, engine = self.start()
        reader = StageReader(self.stage, paths, intake, loop.counts, letters)
        emitted, end, learnt, events = 0, 0, 0, 0
        traffic: list[tuple[int, int]] = []

        def take(ticks: Iterable[Tick]) -> None:
            nonlocal emitted, end
            for tick in ticks:
                alerts = engine.decide(tick)
                emitted += len(alerts)
                end = tick.end
                traffic.append((tick.end, tick.events))
                emit(alerts)

        for batch in reader.batches():
            engine.learn(reader.lifecycle[learnt:])
            learnt = len(reader.lifecycle)
            take(loop.observe(batch))
            events += len(batch.rows)
            progress(Progress(events, loop.counts.read, len(loop.ledger.accounts), emitted))
        engine.learn(reader.lifecycle[learnt:])
        take(loop.finish())
        engine.settle(end)
        return Outcome(loop, engine, loop.counts, reader.lifecycle, reader.errors, emitted, end, traffic)
