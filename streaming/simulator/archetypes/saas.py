"""Products with a model inside: one system prompt, many end users.

Everything is sent under the product's own words, by a server, for users that the log may or may not name.
What the users want is as wide as the product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.openings import said
from streaming.simulator.population import Population
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.products import chat_persona

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """One product an account."""
    rng = stage.rng("saas")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=6, roams=False, settings=3)
    rows = services(stage, rng, "saas", count, kit, per_day=8, batch=(1, 6))
    pools = [
        Slot(corpus.pool(kind).texts)
        for kind in ("chat", "instructions", "persona", "code_tasks", "short_texts")
    ]
    later = said(corpus.pool("followups").texts)
    answers = stock(lambda: prose(corpus, rng), count)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            chat_persona(rng, choose(rng, pools)), choose(rng, answers), follow=choose(rng, (later, None)),
            keep=int(rng.integers(1, 7)), output=(float(rng.uniform(60, 480)), 0.7),
        ),
    )  # fmt: skip
    rows["gap"] = rng.lognormal(np.log(40), 0.6, count)
    rows["users"] = spread(rng, 5, 10_000, count) * (rng.random(count) < 0.8)  # noqa: PLR2004 - one in five names nobody
    return [Population("saas", stage, rows)]


ARCHETYPE = Archetype("saas", weight=0.025, cast=cast)
