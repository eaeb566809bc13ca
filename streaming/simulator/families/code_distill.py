"""Code: tasks solved by the thousand (Code Alpaca; OSS-Instruct, arXiv 2312.02120)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import coding

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "code_distill"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts to two hundred."""
    return spend(rng, scale, accounts=(4, 200), wordings=(1, 4))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that send the next programming task."""
    rng = stage.rng(name)
    first = stage.scene(coding(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng)))
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Has programming tasks solved, to train a coding model.", effort, cast)
