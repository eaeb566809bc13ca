"""Scheduled jobs: reports, digests and syncs that run at the same minute every hour, night or day.

They are as regular as machines are, from one address, with one prompt and whatever has come in since last
time. Round the clock, without a pause, and honest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DEVELOPER, SCRIPT, SERVERS, each_its_own, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import LANGUAGES, choose, job, labels, record, stock
from streaming.simulator.population import Population
from streaming.simulator.requests import DAY, HOUR, MINUTE
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.timetable import Timetable
from streaming.simulator.wordings.answers import json_record, label, prose
from streaming.simulator.wordings.documents import summarise, translate
from streaming.simulator.wordings.labelling import classify, extract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """What has come in since the last run, one job an account."""
    rng = stage.rng("cron")
    corpus = stage.corpus
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=2, roams=False, settings=1)
    rows = services(stage, rng, "cron", count, kit, per_day=4, batch=(1, 3), how=DEVELOPER)
    pools = [Slot(corpus.pool(kind).texts) for kind in ("documents", "short_texts", "sentences", "support")]
    answers = stock(lambda: prose(corpus, rng), count)

    def task(_: int) -> Scene:
        item, fields, classes = choose(rng, pools), record(rng), labels(rng)
        wrapper, answer, tokens = choose(
            rng,
            (
                (summarise(rng, item), choose(rng, answers), 150.0),
                (summarise(rng, item), choose(rng, answers), 150.0),
                (classify(rng, item, classes), label(rng, classes), 5.0),
                (extract(rng, item, fields), json_record(corpus, rng, fields), 70.0),
                (translate(rng, item, "English", choose(rng, LANGUAGES)), choose(rng, answers), 90.0),
            ),
        )
        return job(wrapper, answer, items=choose(rng, (Items.FRESH, Items.SWEEP)), output=(tokens, 0.4))

    rows["scene"] = each_its_own(stage, count, task)
    rows["burst"] = rng.uniform(1, 30, count)
    period = rng.choice([10 * MINUTE, HOUR, HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY, DAY], count)
    phase = rng.integers(DAY // MINUTE, size=count) * MINUTE
    takes = np.exp(rng.uniform(np.log(MINUTE / 6), np.log(period / 8)))
    return [Timetable(Population("cron", stage, rows), period, phase, takes.astype(np.int64))]


ARCHETYPE = Archetype("cron", weight=0.025, cast=cast)
