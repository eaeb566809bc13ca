"""Code migrations: a code base rewritten file by file into another language or version.

Outputs as long as the input and often cut at max_tokens, every file once, around the clock until it is
done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import PROGRAMMING, choose, job, stock
from streaming.simulator.population import Population
from streaming.simulator.requests import DAY
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import long_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import code
from streaming.simulator.wordings.coding import code_task, write_tests_for_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Files by the batch, one code base an account."""
    rng = stage.rng("migration")
    corpus = stage.corpus
    kit = Kit(long_params, (*SERVERS, ("office", 0.3)), LOOPED, addresses=3, settings=1)
    rows = services(stage, rng, "migration", count, kit, per_day=4, batch=(5, 150))
    files = [Slot(corpus.pool(kind).texts) for kind in ("code_blocks", "snippets", "code_completion")]
    answers = stock(lambda: code(corpus, rng), count)

    def code_base(_: int) -> Scene:
        make = choose(rng, (code_task, code_task, write_tests_for_task))
        wrapper = make(rng, choose(rng, files), choose(rng, PROGRAMMING))
        return job(
            wrapper, choose(rng, answers), items=Items.SWEEP, output=(float(rng.uniform(900, 5_000)), 0.3)
        )

    rows["scene"] = each_its_own(stage, count, code_base)
    rows["gap"] = rng.lognormal(np.log(15), 0.7, count)
    rows["begin"] = stage.clock.start + rng.uniform(-0.3, 0.9, count) * stage.clock.days * DAY
    rows["end"] = rows["begin"] + spread(rng, 0.5, 12, count) * DAY
    return [Population("migration", stage, rows)]


ARCHETYPE = Archetype("migration", weight=0.013, cast=cast)
