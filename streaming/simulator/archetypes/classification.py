"""Classification in bulk: tickets, news, reviews and messages, each to one of a few labels.

One prompt, one label, one token or a few. Some allow only the tokens of the labels by logit bias, and
always the same few; some read the probability of the label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, job, labels, spoken
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import label_params, probability_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import label
from streaming.simulator.wordings.labelling import classify

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Texts as they come in or by the batch, one business an account."""
    rng = stage.rng("classification")
    kit = Kit(_asked, SERVERS, LOOPED, addresses=5, roams=False, settings=1)
    rows = services(stage, rng, "classification", count, kit, per_day=9, batch=(1, 200))
    pools = [
        Slot(stage.corpus.pool(kind).texts) for kind in ("short_texts", "short_texts", "support", "chat")
    ]
    chinese = Slot(stage.corpus.pool("instructions_zh").texts)

    def business(_: int) -> Scene:
        classes = labels(rng)
        language = spoken(rng, "classify")
        texts = chinese if language == "zh" else choose(rng, pools)
        wrapper = classify(rng, texts, classes, language)
        fresh = choose(rng, (Items.FRESH, Items.SWEEP))
        return job(wrapper, label(rng, classes), items=fresh, output=(float(rng.uniform(1.5, 9)), 0.4))

    rows["scene"] = each_its_own(stage, count, business)
    return [Population("classification", stage, rows)]


def _asked(rng: np.random.Generator) -> Params:
    """A label; in some programs its probability as well, as a soft label or to pass doubtful ones on."""
    return choose(rng, (label_params, probability_params))(rng)


ARCHETYPE = Archetype("classification", weight=0.022, cast=cast)
