"""The rows of a training lake out of history: decoded and sketched by executors, taken tick by tick here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector import compose
from detector.lake.replaying import RecordedLoop
from detector.replay import Progress
from detector.spark.ahead import staged_ahead
from detector.spark.staged import StageReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.intake import Counts
    from detector.lake.replaying import RecordedReplay
    from streaming.dead_letters import DeadLetters
    from streaming.source import SourceError


@dataclass(frozen=True, slots=True)
class Written:
    """What a job read; what it wrote is in the lake."""

    counts: Counts
    accounts: int
    errors: Sequence[SourceError]
    """files that broke off; what was read before was used"""


def write_rows(
    session: SparkSession,
    paths: Sequence[str],
    replay: RecordedReplay,
    stage: Path,
    letters: DeadLetters,
    progress: Callable[[Progress], None],
) -> Written:
    """Write the lake that `replay` would write of `paths`; nothing is scored, for rows do not depend on it.

    `stage` is a folder that is not there yet, and that executors find under this name, too; `progress`
    counts events for bytes. Raises `SparkError`, `FormatError` and `LakeError`.
    """
    intake = compose.Intake(replay.kernel, replay.reading)
    loop = RecordedLoop(replay.kernel, replay.admission, replay.writer)
    end, events = 0, 0
    with staged_ahead(session, paths, intake, stage) as waves:
        reader = StageReader(waves, paths, intake, loop.counts, letters)
        for batch in reader.batches():
            for tick in loop.observe(batch):
                end = tick.end
            events += len(batch.rows)
            progress(Progress(events, loop.counts.read, len(loop.ledger.accounts), 0))
    for tick in loop.finish():
        end = tick.end
    if end:
        loop.recorder.finish(end)
    return Written(loop.counts, len(loop.ledger.accounts), reader.errors)
