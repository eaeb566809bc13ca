"""Products that spread over several providers: this one sees some turns of each conversation.

The history that comes with a request holds answers that were given elsewhere, so that assistant turns
turn up here that nobody was served here. A router did that, by price or by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, one_owner, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.routing import Policy, Routed
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.products import chat_persona

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations that come here for a turn or two, one product an account."""
    rng = stage.rng("multiprovider")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=4, roams=False, settings=3)
    rows = services(stage, rng, "multiprovider", count, kit, per_day=18, batch=(2, 12))
    products, routed = one_owner(stage, rng, rows, typical=1.3)
    later = said(corpus.pool("followups").texts)
    pools = [Slot(corpus.pool(kind).texts) for kind in ("chat", "instructions", "code_tasks", "persona")]
    answers = stock(lambda: prose(corpus, rng), count)
    products["scene"] = each_its_own(
        stage, len(products),
        lambda _: job(
            chat_persona(rng, choose(rng, pools)), choose(rng, answers),
            follow=later, keep=int(rng.integers(2, 8)), output=(float(rng.uniform(60, 400)), 0.7),
        ),
    )  # fmt: skip
    products["gap"] = rng.lognormal(np.log(50), 0.6, len(products))
    products["users"] = spread(rng, 5, 3_000, len(products))
    policy = rng.choice([Policy.STICKY, Policy.SHUFFLE], len(products))
    return [
        Routed(
            Population("multiprovider", stage, products),
            *routed,
            policy,
            rng.uniform(0.15, 0.7, len(products)),
        )
    ]


ARCHETYPE = Archetype("multiprovider", weight=0.02, cast=cast)
