"""One demand in many wordings, so that no template repeats often enough to stand out.

The variations of one prompt of the February 2026 post, taken further than is on record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import any_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "paraphrased"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Tens of accounts, and a wording for every few dozen requests."""
    return spend(rng, scale, accounts=(10, 250), wordings=(8, 200))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that draw a wording for each task."""
    rng = stage.rng(name)
    first = stage.scene(any_purpose(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng)))
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Puts one demand in up to hundreds of wordings.", effort, cast)
