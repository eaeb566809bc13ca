"""Hobby developers: small scripts that follow a tutorial, tried again and again on the same few inputs.

Tutorials are public, so that hundreds of strangers send the same words around other inputs. They work in
short sittings: change a line, run, read, run again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, HOME, mixture, persons, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import PROGRAMMING, choose, job, labels, record, stock
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import code, json_record, label, prose, reasoning
from streaming.simulator.wordings.coding import code_task
from streaming.simulator.wordings.documents import summarise
from streaming.simulator.wordings.labelling import classify
from streaming.simulator.wordings.problems import solve_math
from streaming.simulator.wordings.products import chat_persona, persona_story
from streaming.simulator.wordings.synthesis import data_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_TUTORIALS: Final = 150
_KINDS: Final = ("documents", "short_texts", "code_tasks", "chat", "persona", "math")


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Sittings of a few runs each."""
    rng = stage.rng("hobby")
    kit = Kit(pipeline_params, (*DESK, *HOME), (("sdk", 0.9), ("coder", 0.1)))
    rows = persons(stage, rng, "hobby", count, kit, per_day=0.15, turns=6, how=DEVELOPER)
    mixture(stage, rng, rows, stock(lambda: _tutorial(stage, rng), count, most=_TUTORIALS))
    rows["scenes"] = np.minimum(rows["scenes"], rng.integers(1, 4, count))
    rows["gap"] = rng.lognormal(np.log(25), 0.8, count)
    rows["items_count"] = spread(rng, 2, 60, count)
    rows["errors"] = np.minimum(rng.exponential(0.03, count), 0.4)
    return [Population("hobby", stage, rows)]


def _tutorial(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    fields, classes = record(rng), labels(rng)
    texts = {kind: Slot(corpus.pool(kind).texts) for kind in _KINDS}
    made = (
        (summarise(rng, texts["documents"]), prose(corpus, rng), 110.0),
        (classify(rng, texts["short_texts"], classes), label(rng, classes), 5.0),
        (code_task(rng, texts["code_tasks"], choose(rng, PROGRAMMING)), code(corpus, rng), 260.0),
        (chat_persona(rng, texts["chat"]), prose(corpus, rng), 150.0),
        (persona_story(rng, texts["persona"]), prose(corpus, rng), 300.0),
        (data_record(rng, texts["short_texts"], fields), json_record(corpus, rng, fields), 220.0),
        (solve_math(rng, texts["math"]), reasoning(corpus, rng), 240.0),
    )
    wrapper, answer, tokens = choose(rng, made)
    return job(
        wrapper, answer, items=choose(rng, (Items.FIXED, Items.FIXED, Items.FRESH)), output=(tokens, 0.6)
    )


ARCHETYPE = Archetype("hobby", weight=0.08, cast=cast)
