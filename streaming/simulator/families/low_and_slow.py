"""Low and slow: hundreds of accounts that each do little, at a person's hours, among ordinary use.

The rates of the slowest campaigns on record, 6 to 26 exchanges an account and day (September 2026 report).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, log_uniform, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import any_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "low_and_slow"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Up to hundreds of accounts with a few dozen exchanges each."""
    drawn = spend(
        rng, scale, accounts=(40, 400), cover=(0.1, 0.7), isolation=(0.3, 1.0), human=(0.5, 1.0),
    )  # fmt: skip
    return replace(drawn, exchanges=round(drawn.accounts * log_uniform(rng, 12, 80)))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Small batches off a shared queue, throughout the world."""
    rng = stage.rng(name)
    first = stage.scene(any_purpose(stage, rng, spent.wordings))
    job = Job(first, *kit(stage, rng), begin=stage.clock.at(rng.uniform(0, 0.1)), batch=3.0, steady=True)
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


FAMILY = Family(_NAME, "Many accounts that each do little, at a person's hours.", effort, cast)
