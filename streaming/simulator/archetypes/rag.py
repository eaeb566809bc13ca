"""Answers from documents: a firm's assistant that puts retrieved passages before every question.

The documents are the firm's own and few, and come back with question after question; the questions are
its users'. Input is long, answers are short and grounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, owned, stock
from streaming.simulator.population import Population
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.documents import rag_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Questions of many users, one firm an account."""
    rng = stage.rng("rag")
    corpus = stage.corpus
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=5, roams=False, settings=1)
    rows = services(stage, rng, "rag", count, kit, per_day=6, batch=(1, 8))
    documents = corpus.pool("documents")
    questions = [corpus.pool(kind).texts for kind in ("factual", "support", "chat")]
    answers = stock(lambda: prose(corpus, rng), count)

    def firm(_: int) -> Scene:
        own = owned(rng, documents, 15, 400)
        return job(
            rag_answer(rng, Slot(own.texts), Slot(choose(rng, questions), 31)), choose(rng, answers),
            output=(float(rng.uniform(50, 220)), 0.6),
        )  # fmt: skip

    rows["scene"] = each_its_own(stage, count, firm)
    rows["users"] = spread(rng, 1, 2_000, count)
    return [Population("rag", stage, rows)]


ARCHETYPE = Archetype("rag", weight=0.022, cast=cast)
