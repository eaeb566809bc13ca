"""One injected reasoning template around a task queue, on a hydra cluster of accounts.

The fixed prompt of the September 2026 report on the largest campaign, and the `explain how this answer came
about` prompts of the February 2026 post.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import reasoning

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "fixed_cot"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Tens to hundreds of accounts, many of them in cells that share what they have."""
    return spend(rng, scale, accounts=(20, 400), exchanges=(4_000, 30_000), isolation=(0.0, 0.8))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Accounts that each take the next task, all within the same template."""
    rng = stage.rng(name)
    first = stage.scene(reasoning(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng)))
    return [Population(name, stage, rows)]


FAMILY = Family(
    _NAME, "Injects one reasoning template into every task, over a hydra of accounts.", effort, cast
)
