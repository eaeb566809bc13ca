"""Support bots: customers of a shop or a bank ask about orders and cards, in the bot's words and hours.

Questions are few and come again in a hundred variants; conversations are short; bursts follow an outage
or a sale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, owned, stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.products import support_agent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations of customers, one desk an account."""
    rng = stage.rng("support")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=4, roams=False, settings=1)
    rows = services(stage, rng, "support", count, kit, per_day=8, batch=(1, 6))
    support = corpus.pool("support")
    answers = stock(lambda: prose(corpus, rng), count)

    def desk(_: int) -> Scene:
        own = owned(rng, support, 40, 1_500)
        return job(
            support_agent(rng, Slot(own.texts)), choose(rng, answers), follow=said(own.texts),
            keep=int(rng.integers(2, 7)), output=(float(rng.uniform(40, 180)), 0.5),
        )  # fmt: skip

    rows["scene"] = each_its_own(stage, count, desk)
    rows["gap"] = rng.lognormal(np.log(45), 0.5, count)
    rows["burst"] = rng.uniform(0.15, 1.5, count)
    rows["users"] = spread(rng, 50, 20_000, count)
    return [Population("support", stage, rows)]


ARCHETYPE = Archetype("support", weight=0.016, cast=cast)
