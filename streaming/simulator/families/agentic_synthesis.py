"""Agentic data: tasks with environments, trajectories, tests (February and September 2026 reports)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit, scenes
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import tasks, testing, trajectories

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "agentic_synthesis"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Some accounts to some hundred; long answers."""
    return spend(rng, scale, accounts=(5, 250), exchanges=(1_000, 20_000), wordings=(1, 5))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that have environments and sessions made up, now and then tests or further tasks."""
    rng = stage.rng(name)
    made = [make(stage, rng, spent.wordings) for make in (trajectories, testing, tasks)]
    kept = made[: int(rng.integers(1, 4))]
    job = Job(scenes(stage, *kept), *kit(stage, rng), scenes=len(kept))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


FAMILY = Family(_NAME, "Has agents' tasks, trajectories and tests made up.", effort, cast)
