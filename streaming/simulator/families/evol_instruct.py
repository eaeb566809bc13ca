"""Evolved instructions: harder and rarer variants of what is there (WizardLM, arXiv 2304.12244)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import evolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "evol_instruct"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts to a hundred; one wording for each way to evolve."""
    return spend(rng, scale, accounts=(4, 150), wordings=(3, 9))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that send the next instruction to be evolved, off a shared queue."""
    rng = stage.rng(name)
    first = stage.scene(evolved(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng)))
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Rewrites instructions into harder variants, round by round.", effort, cast)
