"""Writing pipelines: chapters, product texts and scripts by the hundred from one account.

Outputs are as long as they may be, at a high temperature, from a template with a new idea each time: a
harvest's shape, for a reader and not for a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DEVELOPER, HOME, SERVERS, each_its_own, services
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.population import Population
from streaming.simulator.settings import long_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.products import persona_story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Chapters by the batch, one publisher an account."""
    rng = stage.rng("creative")
    corpus = stage.corpus
    kit = Kit(long_params, (*SERVERS, *HOME), LOOPED, addresses=2, settings=1)
    rows = services(stage, rng, "creative", count, kit, per_day=4, batch=(1, 60), how=DEVELOPER)
    ideas = ("persona", "persona", "chat", "sentences", "instructions", "short_texts")
    pools = [Slot(corpus.pool(kind).texts) for kind in ideas]
    answers = stock(lambda: prose(corpus, rng), count)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            persona_story(rng, choose(rng, pools)), choose(rng, answers),
            output=(float(rng.uniform(700, 3_500)), 0.3),
        ),
    )  # fmt: skip
    rows["gap"] = rng.lognormal(np.log(25), 0.8, count)
    return [Population("creative", stage, rows)]


ARCHETYPE = Archetype("creative", weight=0.013, cast=cast)
