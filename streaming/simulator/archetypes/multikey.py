"""Enterprises with several keys: one payer, one template, one queue of work over three to a dozen accounts.

Every account does a share of one job that nobody does twice, as the accounts of a sharded campaign do.
They were opened by one firm, are paid by it and come from its machines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, one_payer, services
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import LANGUAGES, choose, job, labels, record
from streaming.simulator.people import SignUp
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import pipeline_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import json_record, label, prose, reasoning, translation
from streaming.simulator.wordings.documents import summarise, translate
from streaming.simulator.wordings.labelling import classify, extract
from streaming.simulator.wordings.problems import explain_steps
from streaming.simulator.wordings.products import chat_persona

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_FIRM: Final = SignUp(
    plans=(("enterprise", 0.5), ("team", 0.3), ("pay_as_you_go", 0.2)),
    channels=(("sales", 0.4), ("email", 0.3), ("google_sso", 0.2), ("startup_programme", 0.1)),
    age_days=(1.0, 1_100.0), human=0.05,
)  # fmt: skip


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Firms, each with a job or two of its own."""
    rng = stage.rng("multikey")
    kit = Kit(pipeline_params, SERVERS, SCRIPT, addresses=4, roams=False, settings=1)
    rows = services(stage, rng, "multikey", count, kit, per_day=4, batch=(1, 60), how=_FIRM)
    firm = np.sort(rng.integers(max(1, round(count / 6)), size=count))
    _, mine = np.unique(firm, return_inverse=True)
    one_payer(stage, rng, rows, mine)
    scenes = each_its_own(stage, int(mine.max()) + 1, lambda _: _job(stage, rng))
    lead = np.searchsorted(mine, np.arange(len(scenes)))
    rows["scene"] = scenes[mine]
    # A job is one program: it asks alike on every key, though not every firm has one way out.
    for shared_by_all in ("params", "params_count", "model", "pivot", "curve", "turns", "gap"):
        rows[shared_by_all] = rows[shared_by_all][lead[mine]]
    central = rng.random(len(scenes)) < 0.6  # noqa: PLR2004 - more firms than not have one data centre
    for network in ("place", "places"):
        rows[network] = np.where(central[mine], rows[network][lead[mine]], rows[network])
    return [Population("multikey", stage, rows)]


def _job(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    fields, classes = record(rng), labels(rng)
    texts = {
        kind: Slot(corpus.pool(kind).texts)
        for kind in ("documents", "short_texts", "sentences", "instructions")
    }
    wrapper, answer, tokens = choose(
        rng,
        (
            (extract(rng, texts["documents"], fields), json_record(corpus, rng, fields), 80.0),
            (classify(rng, texts["short_texts"], classes), label(rng, classes), 5.0),
            (summarise(rng, texts["documents"]), prose(corpus, rng), 140.0),
            (
                translate(rng, texts["sentences"], "English", choose(rng, LANGUAGES)),
                translation(corpus),
                70.0,
            ),
            (chat_persona(rng, texts["instructions"]), prose(corpus, rng), 250.0),
            (explain_steps(rng, texts["instructions"]), reasoning(corpus, rng), 350.0),
        ),
    )
    return job(wrapper, answer, items=Items.QUEUE, output=(tokens, 0.5))


ARCHETYPE = Archetype("multikey", weight=0.035, cast=cast)
