"""Indexing: a line of keywords or context for every passage of a collection, so that it can be searched.

It covers a collection evenly and once, as fast as it is allowed to, day and night until it is done:
coverage like that of a harvest, with almost nothing to learn from the answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, record, stock
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.documents import summarise
from streaming.simulator.wordings.labelling import extract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Long runs over a collection, one business an account."""
    rng = stage.rng("indexing")
    corpus = stage.corpus
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=3, roams=False, settings=1)
    rows = services(stage, rng, "indexing", count, kit, per_day=12, batch=(30, 600))
    pools = [Slot(corpus.pool(kind).texts) for kind in ("documents", "sentences", "short_texts")]
    answers = stock(lambda: prose(corpus, rng, "short_texts"), count)

    def collection(_: int) -> Scene:
        item = choose(rng, pools)
        wrapper = extract(rng, item, record(rng)[:2]) if rng.random() < 0.5 else summarise(rng, item)  # noqa: PLR2004 - keywords or context
        return job(wrapper, choose(rng, answers), items=Items.SWEEP, output=(float(rng.uniform(8, 45)), 0.35))

    rows["scene"] = each_its_own(stage, count, collection)
    rows["gap"] = rng.lognormal(np.log(0.6), 0.8, count)
    return [Population("indexing", stage, rows)]


ARCHETYPE = Archetype("indexing", weight=0.013, cast=cast)
