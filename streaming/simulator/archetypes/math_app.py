"""Mathematics practice: an app that solves or checks the exercise a pupil has typed or photographed.

Single questions, many of them known from public sets, under one prompt; answers end in a number, or in a
box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, spoken, stock
from streaming.simulator.population import Population
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import number, reasoning
from streaming.simulator.wordings.problems import solve_math

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Exercises of many pupils, one app an account."""
    rng = stage.rng("math_app")
    corpus = stage.corpus
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=4, roams=False, settings=1)
    rows = services(stage, rng, "math_app", count, kit, per_day=8, batch=(1, 4))
    item = Slot(corpus.pool("math").texts)
    steps = stock(lambda: reasoning(corpus, rng), count)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            solve_math(rng, item, boxed=bool(rng.random() < 0.3), language=spoken(rng, "solve_math")),  # noqa: PLR2004 - some show the result in a box
            choose(rng, (*steps, number(rng))), output=(float(rng.uniform(60, 420)), 0.5),
            hidden=float(choose(rng, (0, 0, 2.0))),
        ),
    )  # fmt: skip
    rows["users"] = spread(rng, 5, 5_000, count)
    return [Population("math_app", stage, rows)]


ARCHETYPE = Archetype("math_app", weight=0.013, cast=cast)
