"""Self-instruct: tasks by the thousand out of a few seeds (Wang et al., arXiv 2212.10560)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.population import Population
from streaming.simulator.purposes import tasks
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.script import dataset
from streaming.simulator.texts import Template, Wording
from streaming.simulator.wordings.answers import task_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "self_instruct"
_PUBLISHED: Final = 0.5
"""share of campaigns that use the published prompts as they are, like honest makers of data"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A handful of accounts, or a hundred, that work through thousands of generation prompts."""
    return spend(rng, scale, accounts=(3, 120), exchanges=(1_000, 15_000), wordings=(1, 4))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Workers that take the next generation prompt off a shared queue."""
    rng = stage.rng(name)
    published = spent.wordings == 1 and rng.random() < _PUBLISHED
    scene = _published(stage, rng) if published else tasks(stage, rng, spent.wordings)
    job = Job(stage.scene(scene), *kit(stage, rng))
    return [Population(name, stage, crew(stage, rng, attacker(_NAME, name), spent, job))]


def _published(stage: Stage, rng: np.random.Generator) -> Scene:
    return Scene(
        Wording.of(Template(("", ""), (dataset(stage, rng, "generation"),))),
        task_list(stage.corpus, rng), items=Items.QUEUE, attack=True, output=(900.0, 0.3),
    )  # fmt: skip


FAMILY = Family(_NAME, "Generates instruction data from seed tasks.", effort, cast)
