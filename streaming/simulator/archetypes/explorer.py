"""Prompt engineers: one person who says the same thing in twenty ways and looks at what changes.

Paraphrases of one template over a handful of inputs, with the temperature turned up and down: what a
campaign that hides its template looks like, on one account, for an hour, and over the same inputs again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, each_its_own, persons
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, labels, owned
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import script_params
from streaming.simulator.texts import Slot, Wording
from streaming.simulator.wordings.answers import code, label, prose, reasoning
from streaming.simulator.wordings.coding import code_task
from streaming.simulator.wordings.documents import summarise
from streaming.simulator.wordings.labelling import classify
from streaming.simulator.wordings.problems import explain_steps
from streaming.simulator.wordings.products import chat_persona
from streaming.simulator.wordings.reasoning import elicit_reasoning
from streaming.simulator.wordings.wrapper import Wrapper, paraphrased

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Sittings over one's own variants."""
    rng = stage.rng("explorer")
    kit = Kit(script_params, DESK, (*LOOPED, ("browser", 0.6)), settings=6)
    rows = persons(stage, rng, "explorer", count, kit, per_day=0.3, turns=12, how=DEVELOPER)
    rows["scene"] = each_its_own(stage, count, lambda _: _variants(stage, rng))
    rows["gap"] = rng.lognormal(np.log(35), 0.6, count)
    return [Population("explorer", stage, rows)]


def _variants(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    pool = corpus.pool(
        choose(
            rng, ("documents", "math", "instructions", "instructions", "short_texts", "code_tasks", "chat")
        )
    )
    own = Slot(owned(rng, pool, 1, 25).texts)
    classes = labels(rng)
    makes: tuple[tuple[Callable[[np.random.Generator], Wrapper], Callable[[], Wording]], ...] = (
        (lambda draw: summarise(draw, own), lambda: prose(corpus, rng)),
        (lambda draw: classify(draw, own, classes), lambda: label(rng, classes)),
        (lambda draw: explain_steps(draw, own), lambda: reasoning(corpus, rng)),
        (lambda draw: elicit_reasoning(draw, own), lambda: reasoning(corpus, rng)),
        (lambda draw: code_task(draw, own), lambda: code(corpus, rng)),
        (lambda draw: chat_persona(draw, own), lambda: prose(corpus, rng)),
    )
    make, answer = choose(rng, makes)
    variants = paraphrased(make, rng, int(rng.integers(3, 24)))
    return Scene(variants, answer(), output=(float(rng.uniform(20, 400)), 0.6))


ARCHETYPE = Archetype("explorer", weight=0.013, cast=cast)
