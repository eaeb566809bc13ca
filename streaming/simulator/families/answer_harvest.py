"""Answers to public questions as they stand, or as popular harnesses put them (open instruction data).

Each prompt is one that honest people send as well: only coordination and coverage tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import Purpose, benchmark, questions
from streaming.simulator.wordings.grammar import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "answer_harvest"
_LISTS: Final[tuple[Purpose, ...]] = (questions, benchmark)


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Tens to hundreds of accounts."""
    return spend(rng, scale, accounts=(20, 350), exchanges=(2_000, 30_000), human=(0.0, 0.7))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Accounts that each take the next question of a list."""
    rng = stage.rng(name)
    first = stage.scene(pick(rng, _LISTS)(stage, rng, spent.wordings))
    rows = crew(stage, rng, attacker(_NAME, name), spent, Job(first, *kit(stage, rng)))
    return [Population(name, stage, rows)]


FAMILY = Family(
    _NAME, "Collects answers to plain public questions; prompts are those of honest people.", effort, cast
)
