"""Load tests: one prompt, or three, sent as fast as the limits allow, for minutes or hours.

Thousands of identical requests from a few machines, many of them refused for their rate, and nothing to
learn from any answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, stock
from streaming.simulator.openings import plain
from streaming.simulator.population import Population
from streaming.simulator.requests import DAY
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.wordings.answers import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_FIRST_TOKEN: Final = 0.35


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Bursts within a few days, one team an account."""
    rng = stage.rng("loadtest")
    corpus = stage.corpus
    kit = Kit(_measured, SERVERS, LOOPED, addresses=8, roams=False, settings=1)
    rows = services(stage, rng, "loadtest", count, kit, per_day=30, batch=(30, 900))
    pools = [corpus.pool(kind).texts for kind in ("chat", "code_tasks", "documents", "math")]
    answers = stock(lambda: prose(corpus, rng), count)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: Scene(
            plain(choose(rng, pools)), choose(rng, answers), items=Items.FIXED,
            output=(float(rng.uniform(5, 300)), 0.2),
        ),
    )  # fmt: skip
    rows["items_count"] = rng.choice([1, 1, 1, 2, 3, 5], count)
    rows["gap"], rows["gap_sigma"] = rng.lognormal(np.log(0.25), 1.0, count), rng.uniform(0.05, 0.6, count)
    rows["begin"] = stage.clock.start + rng.random(count) * (stage.clock.days - 0.5) * DAY
    rows["end"] = rows["begin"] + spread(rng, 0.3, 5, count) * DAY
    rows["errors"] = rng.uniform(0, 0.5, count) ** 2
    return [Population("loadtest", stage, rows)]


def _measured(rng: np.random.Generator) -> Params:
    """Settings of the tested product; one token where the time to the first is measured."""
    asked = pipeline_params(rng)
    return replace(asked, max_tokens=1) if rng.random() < _FIRST_TOKEN else asked


ARCHETYPE = Archetype("loadtest", weight=0.013, cast=cast)
