"""Review bots in continuous integration: every push of a team is a request under the team's own prompt.

Diffs are new each time and the words around them never change. Requests follow the team's working hours
in bursts, from build machines whose addresses come and go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, stock
from streaming.simulator.population import Population
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import code, prose
from streaming.simulator.wordings.coding import code_review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """One bot for each team."""
    rng = stage.rng("ci_review")
    corpus = stage.corpus
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=12, roams=False, settings=1)
    rows = services(stage, rng, "ci_review", count, kit, per_day=4, batch=(1, 12))
    answers = stock(lambda: (prose(corpus, rng), code(corpus, rng)), count)
    changes = (corpus.pool("code_blocks").texts, corpus.pool("snippets").texts)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            code_review(rng, Slot(choose(rng, changes))), choose(rng, choose(rng, answers)),
            output=(float(rng.uniform(60, 500)), 0.7),
        ),
    )  # fmt: skip
    people = rng.random(count) < 0.7  # noqa: PLR2004 - most teams push in the hours of one country
    rows["curve"] = np.where(people, -1, rows["curve"])
    rows["weekend"] = rng.uniform(0.02, 0.5, count)
    return [Population("ci_review", stage, rows)]


ARCHETYPE = Archetype("ci_review", weight=0.014, cast=cast)
