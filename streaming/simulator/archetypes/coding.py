"""Coding assistants that work in a repository by tools.

One person's task becomes many requests: the program reads, edits and runs, and every result travels back
in the input under a long system text that all users of a version have in common. Hundreds of accounts
share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.population import Population
from streaming.simulator.settings import agent_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.agency import agent_task, tool_result
from streaming.simulator.wordings.answers import trajectory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_VERSIONS: Final = 24
"""programs and versions in use"""


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Tasks of a dozen steps, at the hours of people who write code."""
    rng = stage.rng("coding")
    kit = Kit(agent_params, DESK, (("coder", 0.9), ("sdk", 0.1)), addresses=4)
    rows = persons(stage, rng, "coding", count, kit, per_day=0.3, turns=11, how=DEVELOPER)
    mixture(stage, rng, rows, stock(lambda: _program(stage, rng), count, most=_VERSIONS))
    rows["scenes"] = rng.choice([1, 1, 1, 2], count)
    rows["gap"] = rng.lognormal(np.log(12), 0.6, count)
    return [Population("coding", stage, rows)]


def _program(stage: Stage, rng: np.random.Generator) -> Scene:
    wrapper = agent_task(rng, Slot(stage.corpus.pool("code_tasks").texts))
    return job(
        wrapper,
        trajectory(stage.corpus, rng),
        result=tool_result(stage.corpus, rng),
        keep=int(rng.integers(3, 9)),
        output=(float(rng.uniform(90, 350)), 0.8),
        hidden=float(choose(rng, (0, 0, 0.5, 2.0))),
    )


ARCHETYPE = Archetype("coding", weight=0.1, cast=cast)
