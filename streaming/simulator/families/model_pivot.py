"""Pivot: the traffic moves to the newest model within a day of its release (February 2026 post)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit, pivot
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import any_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "model_pivot"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Tens to hundreds of accounts."""
    return spend(rng, scale, accounts=(8, 300), exchanges=(2_000, 25_000), wordings=(1, 3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """At work before the release; half of the accounts or all of them move on."""
    rng = stage.rng(name)
    first = stage.scene(any_purpose(stage, rng, spent.wordings))
    job = Job(first, *kit(stage, rng), begin=stage.clock.at(rng.uniform(0, 0.15)), steady=True)
    rows = crew(stage, rng, attacker(_NAME, name), spent, job)
    attacks = rows["scene"] == first
    moved = rows[attacks]
    pivot(stage, rng, moved, float(rng.uniform(0.45, 1.0)))
    rows[attacks] = moved
    return [Population(name, stage, rows)]


FAMILY = Family(_NAME, "Moves to the newest model within a day of its release.", effort, cast)
