"""Measures the product, and what stands beside it, on labelled worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.evaluate.grading import grade
from detector.evaluate.results import OURS, Evaluation, WorldResult
from detector.evaluate.runner import replay_world
from detector.truth import WorldTruth, logs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from detector.compose import Setup
    from detector.evaluate.predictions import Predictions
    from detector.replay import Progress


@dataclass(frozen=True, slots=True)
class LabelledWorld:
    """A world that can be graded: its truth and its logs."""

    truth: WorldTruth
    logs: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> LabelledWorld:
        """Read the truth and find the logs; raises `WorldError` where either is missing."""
        return cls(WorldTruth.read(folder), tuple(logs_of(folder)))


def measure_world(
    world: LabelledWorld,
    setup: Setup,
    beside: Callable[[Sequence[str]], Mapping[str, Predictions]],
    progress: Callable[[Progress], None],
) -> WorldResult:
    """The figures of the product on a world, and those of the detectors `beside` it."""
    truth = world.truth
    said = {OURS: replay_world(world.logs, setup, progress), **beside(world.logs)}
    return WorldResult(
        name=truth.name,
        synthetic=truth.synthetic,
        accounts=len(truth.accounts),
        events=int(truth.accounts["n_events"].sum()),
        detectors={name: grade(truth, verdicts) for name, verdicts in said.items()},
        seen_in_training=truth.name in setup.artefact.manifest["data"]["worlds"],
    )


def evaluation_of(worlds: Sequence[WorldResult], setup: Setup, made: datetime) -> Evaluation:
    """What was measured on `worlds`; experiments fill in the rest."""
    return Evaluation(
        made=made.strftime("%Y-%m-%d %H:%M UTC"),
        model_id=setup.artefact.model_id,
        thresholds=setup.policy.source,
        worlds=tuple(worlds),
    )
