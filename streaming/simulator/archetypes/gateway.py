"""Gateways and aggregators: many products and people behind a few upstream accounts.

A gateway sends whatever its customers send, on all subjects and with all settings, and spreads it over
its own accounts: by conversation, or every request anywhere, so that one account goes on with what
another began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, mixture, one_owner, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job, labels
from streaming.simulator.openings import asked, said
from streaming.simulator.population import Population
from streaming.simulator.routing import Policy, Routed
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.agency import agent_task, tool_result
from streaming.simulator.wordings.answers import code, label, prose, trajectory
from streaming.simulator.wordings.documents import summarise
from streaming.simulator.wordings.labelling import classify
from streaming.simulator.wordings.products import chat_persona

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Companies with two to six accounts each."""
    rng = stage.rng("gateway")
    kit = Kit(chat_params, SERVERS, SCRIPT, addresses=4, roams=False, settings=24)
    rows = services(stage, rng, "gateway", count, kit, per_day=20, batch=(1, 5))
    organisations, routed = one_owner(stage, rng, rows, typical=3.0)
    scenes = tuple(_customer(stage, rng) for _ in range(min(40, 8 + 4 * len(organisations))))
    mixture(stage, rng, organisations, scenes)
    organisations["scenes"] = np.minimum(organisations["scenes"] + 2, len(scenes))
    organisations["main"] = rng.uniform(0.1, 0.5, len(organisations))
    organisations["gap"] = rng.lognormal(np.log(30), 0.8, len(organisations))
    organisations["users"] = spread(rng, 20, 3_000, len(organisations))
    policy = rng.choice([Policy.STICKY, Policy.SHUFFLE, Policy.SHUFFLE], len(organisations))
    whole = np.ones(len(organisations))
    return [Routed(Population("gateway", stage, organisations), *routed, policy, whole)]


def _customer(stage: Stage, rng: np.random.Generator) -> Scene:
    corpus = stage.corpus
    later, classes = said(corpus.pool("followups").texts), labels(rng)
    kind = choose(rng, ("chat", "chat", "product", "coding", "documents", "labels", "tools"))
    if kind == "chat":
        return Scene(asked(corpus.pool("chat").texts), prose(corpus, rng), follow=later, output=(250.0, 0.8))
    if kind == "coding":
        return Scene(
            asked(corpus.pool("code_tasks").texts), code(corpus, rng), follow=later, output=(380.0, 0.8)
        )
    if kind == "tools":
        tools, results = agent_task(rng, Slot(corpus.pool("code_tasks").texts)), tool_result(corpus, rng)
        return job(tools, trajectory(corpus, rng), result=results, output=(180.0, 0.8))
    if kind == "labels":
        short = Slot(corpus.pool("short_texts").texts)
        return job(classify(rng, short, classes), label(rng, classes), output=(5.0, 0.4))
    if kind == "documents":
        return job(
            summarise(rng, Slot(corpus.pool("documents").texts)), prose(corpus, rng), output=(140.0, 0.5)
        )
    return job(chat_persona(rng, Slot(corpus.pool("chat").texts)), prose(corpus, rng), follow=later)


ARCHETYPE = Archetype("gateway", weight=0.02, cast=cast)
