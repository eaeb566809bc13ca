"""Judges in product tests: a fixed set of questions, answered by the last version and rated every day.

The rubric is the firm's. The questions never change; the answers under test do where the product does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, job, owned
from streaming.simulator.population import Population
from streaming.simulator.requests import DAY, HOUR, MINUTE
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import judge_params
from streaming.simulator.texts import Slot
from streaming.simulator.timetable import Timetable
from streaming.simulator.wordings.answers import verdict
from streaming.simulator.wordings.judging import grade_answer, judge_pair, judge_single, verify_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.wordings.wrapper import Wrapper
    from streaming.simulator.world import Actor


_SINGLE: Final[tuple[Callable[[np.random.Generator, Slot, Slot], Wrapper], ...]] = (
    judge_single,
    judge_single,
    grade_answer,
    verify_trace,
)


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Nightly runs, one product an account."""
    rng = stage.rng("judge_eval")
    corpus = stage.corpus
    kit = Kit(judge_params, SERVERS, LOOPED, addresses=3, roams=False, settings=1)
    rows = services(stage, rng, "judge_eval", count, kit, per_day=8, batch=(1, 3))
    questions = [corpus.pool(kind) for kind in ("instructions", "instructions", "chat")]
    candidates = corpus.pool("candidates").texts

    def product(_: int) -> Scene:
        own = owned(rng, choose(rng, questions), 20, 300)
        question, answer = Slot(own.texts), Slot(candidates, 32)
        pair = bool(rng.random() < 0.35)  # noqa: PLR2004 - a third compare two versions
        wrapper = (
            judge_pair(rng, question, answer, Slot(candidates, 33))
            if pair
            else choose(rng, _SINGLE)(rng, question, answer)
        )
        # A frozen set of answers is rated again and again; a product that changes gives new ones.
        kept = choose(rng, (Items.SWEEP, Items.FRESH, Items.FRESH))
        return job(
            wrapper, verdict(corpus, rng, pair=pair), items=kept, output=(float(rng.uniform(20, 260)), 0.4)
        )

    rows["scene"] = each_its_own(stage, count, product)
    rows["items_count"] = spread(rng, 20, 300, count)
    nightly = Population("judge_eval", stage, rows)
    period = rng.choice([DAY, DAY, DAY, 12 * HOUR], count)
    takes = spread(rng, 2 * MINUTE, 90 * MINUTE, count).astype(np.int64)
    return [Timetable(nightly, period, rng.integers(DAY, size=count), takes)]


ARCHETYPE = Archetype("judge_eval", weight=0.014, cast=cast)
