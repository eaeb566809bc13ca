"""Customers who make data under a contract: records to test with, utterances for a bot, tasks for a course.

What they ask for is what a self-instruct campaign asks for. They are one organisation with one payment,
on a contract, from their own machines, on one or two themes, and stop when the set is full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, one_payer, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, owned, record, spoken
from streaming.simulator.people import SignUp
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import long_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import json_record, task_list
from streaming.simulator.wordings.synthesis import (
    data_record,
    evolve_instruction,
    generate_tasks,
    paraphrase_dataset,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_CONTRACT: Final = SignUp(
    plans=(("enterprise", 0.6), ("team", 0.2), ("pay_as_you_go", 0.2)),
    channels=(("sales", 0.6), ("email", 0.2), ("google_sso", 0.1), ("startup_programme", 0.1)),
    age_days=(2.0, 900.0), human=0.05,
)  # fmt: skip


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Runs of some days, an organisation with one to three keys."""
    rng = stage.rng("synth_customer")
    kit = Kit(long_params, (*SERVERS, ("office", 0.3)), SCRIPT, addresses=3, roams=False, settings=1)
    rows = services(stage, rng, "synth_customer", count, kit, per_day=7, batch=(1, 120), how=_CONTRACT)
    owner = np.sort(rng.integers(max(1, round(0.6 * count)), size=count))
    _, mine = np.unique(owner, return_inverse=True)
    one_payer(stage, rng, rows, mine)
    scenes = each_its_own(stage, int(mine.max()) + 1, lambda _: _order(stage, rng))
    rows["scene"] = scenes[mine]
    return [Population("synth_customer", stage, rows)]


def _order(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    fields = record(rng)
    theme = corpus.pool(choose(rng, ("short_texts", "support", "documents")))
    own = Slot(owned(rng, theme, 20, 200).texts, 34)
    language = spoken(rng, "generate_tasks")
    kind = "instructions_zh" if language == "zh" else "instructions"
    seeds = corpus.pool(kind if language == "zh" else choose(rng, ("instructions", "code_tasks")))
    tasks = Slot(owned(rng, seeds, 20, 200).texts, 35)
    wrapper, answer = choose(
        rng,
        (
            (data_record(rng, own, fields), json_record(corpus, rng, fields)),
            (data_record(rng, own, fields), json_record(corpus, rng, fields)),
            (paraphrase_dataset(rng, own), task_list(corpus, rng, "support")),
            (generate_tasks(rng, tasks, language=language), task_list(corpus, rng, kind)),
            (evolve_instruction(rng, tasks), task_list(corpus, rng)),
        ),
    )
    return job(wrapper, answer, items=Items.QUEUE, output=(float(rng.uniform(250, 1_100)), 0.4))


ARCHETYPE = Archetype("synth_customer", weight=0.013, cast=cast)
