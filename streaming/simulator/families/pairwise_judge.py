"""Preferences: the better of two candidate answers (RLAIF, arXiv 2309.00267)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import comparing
from streaming.simulator.settings import judge_params

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "pairwise_judge"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts to two hundred."""
    return spend(rng, scale, accounts=(4, 200), wordings=(1, 3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that send an instruction with two candidate answers."""
    rng = stage.rng(name)
    first = stage.scene(comparing(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng, judge_params)))
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Has pairs of candidate answers compared, to train on preferences.", effort, cast)
