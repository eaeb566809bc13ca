"""Self-instruct: tasks made by the thousand from a few seeds, and answered (Wang et al., arXiv 2212.10560)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.crew import crew
from streaming.simulator.family import Effort, Family
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.stage import Role
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import task_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A handful of accounts that work through thousands of generation prompts."""
    accounts = max(1, round(scale * rng.integers(3, 12)))
    return Effort(accounts, accounts * int(rng.integers(300, 900)), isolation=float(rng.uniform(0, 0.6)))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that take the next generation prompt off a shared queue."""
    rng = stage.rng(name)
    scene = Scene(
        Wording.of(Template(("", ""), (Slot(stage.corpus.pool("generation").texts),))),
        task_list(stage.corpus, rng),
        items=Items.QUEUE, attack=True, output=(900.0, 0.3),
    )  # fmt: skip
    rows = crew(
        stage, rng, Role("distillation", "attack", FAMILY.name, name), spent,
        begin=stage.clock.at(rng.uniform(0, 0.3)), end=stage.clock.end,
        params=[pipeline_params(rng)], clients=[stage.market.sdk(rng) for _ in range(2)],
    )  # fmt: skip
    rows["scene"] = stage.scene(scene)
    return [Population(name, stage, rows)]


FAMILY = Family("self_instruct", "Generates instruction data from seed tasks.", effort, cast)
