"""Rejection sampling: several samples of each task, of which the best are kept (as open-r1 does)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import Purpose, benchmark, coding, mathematics
from streaming.simulator.settings import sampling_params
from streaming.simulator.wordings.grammar import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "rejection_sampling"
_TASKS: Final[tuple[Purpose, ...]] = (benchmark, mathematics, coding)


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A few accounts to a hundred."""
    return spend(rng, scale, accounts=(4, 120), exchanges=(2_000, 30_000), human=(0.0, 0.5))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """The same prompt again and again before the next, on whichever account is free."""
    rng = stage.rng(name)
    scene = pick(rng, _TASKS)(stage, rng, spent.wordings)
    first = stage.scene(replace(scene, repeats=int(rng.choice((2, 4, 4, 8, 16, 32)))))
    job = Job(first, *kit(stage, rng, sampling_params))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


FAMILY = Family(_NAME, "Draws several samples of each task.", effort, cast)
