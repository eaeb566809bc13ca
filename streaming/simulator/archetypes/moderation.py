"""Moderation: every post of a platform's users, allowed or not.

It runs as people post, with their hours, on whatever they write, some of which is vile; the words around
it are the platform's. A few answers are refusals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, job
from streaming.simulator.population import Population
from streaming.simulator.settings import label_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import label
from streaming.simulator.wordings.labelling import moderation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Posts as they are written, one platform an account."""
    rng = stage.rng("moderation")
    kit = Kit(label_params, SERVERS, SCRIPT, addresses=6, roams=False, settings=1)
    rows = services(stage, rng, "moderation", count, kit, per_day=12, batch=(1, 20))
    pools = [Slot(stage.corpus.pool(kind).texts) for kind in ("chat", "short_texts", "followups", "support")]

    def platform(_: int) -> Scene:
        verdicts = choose(
            rng, (("allow", "block"), ("yes", "no"), ("safe", "unsafe"), ("ok", "review", "remove"))
        )
        return job(
            moderation(rng, choose(rng, pools)), label(rng, verdicts),
            output=(float(rng.uniform(2, 30)), 0.5), refused=float(rng.uniform(0, 0.06)),
        )  # fmt: skip

    rows["scene"] = each_its_own(stage, count, platform)
    rows["users"] = spread(rng, 20, 5_000, count)
    return [Population("moderation", stage, rows)]


ARCHETYPE = Archetype("moderation", weight=0.013, cast=cast)
