"""Summaries in bulk: newsletters, media monitoring, minutes of meetings.

Long documents in, a paragraph out, each document once, mostly in the morning or when an archive is worked
off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, job, spoken, stock
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items
from streaming.simulator.settings import script_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.documents import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Documents by the batch, one business an account."""
    rng = stage.rng("summarisation")
    kit = Kit(script_params, SERVERS, LOOPED, addresses=4, roams=False, settings=1)
    rows = services(stage, rng, "summarisation", count, kit, per_day=4, batch=(1, 120))
    pools = [Slot(stage.corpus.pool(kind).texts) for kind in ("documents", "documents", "short_texts")]
    answers = stock(lambda: prose(stage.corpus, rng), count)
    rows["scene"] = each_its_own(
        stage, count,
        lambda _: job(
            summarise(rng, choose(rng, pools), spoken(rng, "summarise")), choose(rng, answers),
            items=Items.SWEEP, output=(float(rng.uniform(40, 260)), 0.5),
        ),
    )  # fmt: skip
    return [Population("summarisation", stage, rows)]


ARCHETYPE = Archetype("summarisation", weight=0.015, cast=cast)
