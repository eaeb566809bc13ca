"""A replay whose logs are decoded and sketched by executors, and whose ticks are folded here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector import compose
from detector.replay import Course, Replay
from detector.spark.ahead import staged_ahead
from detector.spark.staged import StageReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.alert import Alert
    from detector.replay import Outcome, Progress
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
        course = Course(*self.start(), emit)
        counts, events = course.loop.counts, 0
        with staged_ahead(self.session, paths, intake, self.stage, keep_payload=self.keep_payload) as waves:
            reader = StageReader(waves, paths, intake, counts, letters)
            for batch in reader.batches():
                course.take(batch, reader.lifecycle)
                events += len(batch.rows)
                progress(course.progress(events))
        return course.finish(reader.lifecycle, reader.errors)
