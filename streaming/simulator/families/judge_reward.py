"""A model as reward: answers rated by a rubric (UltraFeedback, arXiv 2310.01377; February 2026 post)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import judging
from streaming.simulator.settings import judge_params

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "judge_reward"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts to two hundred."""
    return spend(rng, scale, accounts=(4, 200), wordings=(1, 4))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that send an instruction with one of its candidate answers."""
    rng = stage.rng(name)
    first = stage.scene(judging(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng, judge_params)))
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Has candidate answers rated by a rubric, to train a reward model.", effort, cast)
