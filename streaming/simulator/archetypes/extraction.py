"""Extraction in bulk: receipts, forms and letters, page by page, into records.

Each business has its words and its fields; the documents are its own and each is read once. Inputs are
long and answers short, and nothing is asked that the document does not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import job, record
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import json_record
from streaming.simulator.wordings.labelling import extract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Batches of documents, one business an account."""
    rng = stage.rng("extraction")
    corpus = stage.corpus
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=5, roams=False, settings=1)
    rows = services(stage, rng, "extraction", count, kit, per_day=6, batch=(1, 150))
    documents = Slot(corpus.pool("documents").texts)

    def business(_: int) -> Scene:
        fields = record(rng)
        return job(
            extract(rng, documents, fields), json_record(corpus, rng, fields),
            items=Items.SWEEP, output=(float(rng.uniform(30, 160)), 0.4),
        )  # fmt: skip

    rows["scene"] = each_its_own(stage, count, business)
    return [Population("extraction", stage, rows)]


ARCHETYPE = Archetype("extraction", weight=0.015, cast=cast)
