"""Tutoring products: learners ask, and the product has every step explained.

The demand for steps is the product's, under every question of every learner. Learners ask back, in school
hours and in the evening, and two of them now and then ask about the same exercise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import reasoning
from streaming.simulator.wordings.problems import explain_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations of many learners, one product an account."""
    rng = stage.rng("tutoring")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, (("sdk", 0.95), ("browser", 0.05)), addresses=5, roams=False, settings=1)
    rows = services(stage, rng, "tutoring", count, kit, per_day=8, batch=(1, 5))
    pools = [Slot(corpus.pool(kind).texts) for kind in ("math", "exam", "factual", "code_tasks")]
    steps = stock(lambda: reasoning(corpus, rng), count)
    later = said(corpus.pool("followups").texts)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            explain_steps(rng, choose(rng, pools)), choose(rng, steps),
            follow=choose(rng, (later, later, None)), output=(float(rng.uniform(180, 600)), 0.5),
            hidden=float(choose(rng, (0, 0, 1.0))),
        ),
    )  # fmt: skip
    rows["gap"] = rng.lognormal(np.log(50), 0.5, count)
    rows["users"] = spread(rng, 5, 3_000, count)
    return [Population("tutoring", stage, rows)]


ARCHETYPE = Archetype("tutoring", weight=0.015, cast=cast)
