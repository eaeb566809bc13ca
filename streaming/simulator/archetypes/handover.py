"""Conversations handed over between keys of one organisation.

A test key and a live key, a desk in two countries, a limit that is reached: the second account goes on
with answers that the first one got. That is what a relay pool's fail-over looks like, and it is one
firm's.
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
from streaming.simulator.wordings.products import chat_persona, support_agent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Firms with two to five accounts and conversations that move once."""
    rng = stage.rng("handover")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=3, roams=False, settings=2)
    rows = services(stage, rng, "handover", count, kit, per_day=15, batch=(3, 12))
    firms, routed = one_owner(stage, rng, rows, typical=2.5)
    later = said(corpus.pool("followups").texts)
    pools = [Slot(corpus.pool(kind).texts) for kind in ("chat", "support", "instructions", "code_tasks")]
    answers = stock(lambda: prose(corpus, rng), count)
    firms["scene"] = each_its_own(
        stage, len(firms),
        lambda _: job(
            choose(rng, (chat_persona, support_agent))(rng, choose(rng, pools)), choose(rng, answers),
            follow=later, keep=int(rng.integers(2, 7)), output=(float(rng.uniform(60, 350)), 0.6),
        ),
    )  # fmt: skip
    firms["gap"] = rng.lognormal(np.log(60), 0.6, len(firms))
    firms["users"] = spread(rng, 5, 2_000, len(firms))
    policy = np.full(len(firms), Policy.HANDOVER)
    return [Routed(Population("handover", stage, firms), *routed, policy, np.ones(len(firms)))]


ARCHETYPE = Archetype("handover", weight=0.025, cast=cast)
