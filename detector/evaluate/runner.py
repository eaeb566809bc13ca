"""Runs the product on the logs of a world, as `stillwatch replay` does, and takes what it wrote."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from detector.engine import Model
from detector.evaluate.predictions import Predictions
from detector.outputs import write_tables
from detector.truth import WorldError
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.compose import Setup
    from detector.replay import Progress


def replay_world(
    paths: Sequence[str], setup: Setup, progress: Callable[[Progress], None] = lambda _: None
) -> Predictions:
    """Replay log files and read back the tables that a user would get.

    Raises `WorldError` where a log breaks off: figures of half a world would be of another world.
    """
    outcome = setup.replay.run(paths, DeadLetterCounts(), lambda _: None, progress)
    if outcome.errors:
        raise WorldError(f"{outcome.errors[0]}; a world must be read to its end to be graded")
    with tempfile.TemporaryDirectory() as name:
        write_tables(Path(name), outcome, Model.of(setup.artefact), setup.artefact.anomaly, outcome.grouping)
        return Predictions.read(Path(name))
