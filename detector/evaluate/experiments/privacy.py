"""The three privacy levels, each as a log that a gateway of that level would have written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from detector.evaluate.experiments.rewrite import rewrite, without
from detector.evaluate.experiments.sketched import TEXT, check_canonical, sketched
from detector.evaluate.experiments.steps import unseen
from detector.evaluate.grading import grade
from detector.evaluate.results import Level, Summary
from detector.evaluate.runner import replay_world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.compose import Setup
    from detector.evaluate.experiments.steps import Step
    from detector.truth import WorldTruth


def privacy(paths: Sequence[str], truth: WorldTruth, setup: Setup, step: Step = unseen) -> tuple[Level, ...]:
    """Key figures of one world at each level, under one model and one set of thresholds.

    Content is the log as it is; sketch has the text replaced by what the edge library sends; metadata has
    neither. Raises `WorldError` for logs that are not canonical.
    """
    check_canonical(paths)
    levels = []
    with tempfile.TemporaryDirectory() as name:
        step("content", 1, 3)
        levels.append(Level("content", _figures(paths, truth, setup)))
        step("sketch", 2, 3)
        sent = rewrite(paths, Path(name) / "sketch", sketched(setup.replay))
        levels.append(Level("sketch", _figures(sent, truth, setup)))
        step("metadata", 3, 3)
        bare = rewrite(sent, Path(name) / "metadata", without({*TEXT, "sketch"}))
        levels.append(Level("metadata", _figures(bare, truth, setup)))
    return tuple(levels)


def _figures(paths: Sequence[str], truth: WorldTruth, setup: Setup) -> Summary:
    return Summary.of(grade(truth, replay_world(paths, setup)))
