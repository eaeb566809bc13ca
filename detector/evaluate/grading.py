"""Grades a detector's predictions against the truth of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.evaluate.grades import Grades
    from detector.evaluate.predictions import Predictions
    from detector.evaluate.truth import WorldTruth


def grade(truth: WorldTruth, said: Predictions) -> Grades:
    """Every figure of `said` on the world that `truth` describes."""
    raise NotImplementedError
