"""Hobbyists on a popular framework: hundreds of strangers with the same default prompt.

The framework ships the words; most never change them, so that unrelated accounts share a rare and
elaborate template. What they fill in is their own, and so are their hours, networks and payments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, HOME, SCRIPT, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job
from streaming.simulator.population import Population
from streaming.simulator.settings import agent_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.agency import agent_task, tool_result
from streaming.simulator.wordings.answers import reasoning, trajectory
from streaming.simulator.wordings.problems import explain_steps
from streaming.simulator.wordings.reasoning import elicit_reasoning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.wordings.wrapper import Wrapper
    from streaming.simulator.world import Actor

_FRAMEWORKS: Final = 8


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """A few shipped prompts, the popular ones by most."""
    rng = stage.rng("framework")
    kit = Kit(agent_params, (*DESK, *HOME), SCRIPT)
    rows = persons(stage, rng, "framework", count, kit, per_day=0.25, turns=5, how=DEVELOPER)
    shipped = [stage.scene(_shipped(stage, rng)) for _ in range(_FRAMEWORKS)]
    rows["scene"] = shipped[0] + (rng.random(count) ** 2 * len(shipped)).astype(np.int64)
    rows["gap"] = rng.lognormal(np.log(9), 0.8, count)
    return [Population("framework", stage, rows)]


def _shipped(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    item = Slot(corpus.pool(choose(rng, ("chat", "toolcall", "factual", "instructions"))).texts)
    tools = bool(rng.random() < 0.6)  # noqa: PLR2004 - more frameworks call tools than not
    makes: tuple[Callable[[np.random.Generator, Slot], Wrapper], ...] = (
        agent_task,
        agent_task,
        explain_steps,
        elicit_reasoning,
    )
    wrapper = choose(rng, makes)(rng, item)
    steps = choose(rng, (trajectory(corpus, rng), reasoning(corpus, rng)))
    return job(
        wrapper,
        steps,
        result=tool_result(corpus, rng) if tools else None,
        output=(float(rng.uniform(80, 320)), 0.7),
    )


ARCHETYPE = Archetype("framework", weight=0.03, cast=cast)
