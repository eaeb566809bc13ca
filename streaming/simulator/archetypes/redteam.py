"""Red teams: agreed security tests from an allow-listed set, run against every release of a product.

The prompts are hostile on their face and are declined often. The set is fixed, the organisation is known,
and the same tests come back after each change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.jobs import choose, owned, stock
from streaming.simulator.population import Population
from streaming.simulator.scenes import Items, Scene
from streaming.simulator.settings import script_params
from streaming.simulator.texts import Slot
from streaming.simulator.wordings.answers import prose
from streaming.simulator.wordings.probing import red_team
from streaming.simulator.wordings.wrapper import paraphrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_ABOUT: Final = ("instructions", "instructions", "chat", "persona", "math", "code_tasks", "documents")


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Sweeps over a fixed set, one team an account."""
    rng = stage.rng("redteam")
    corpus = stage.corpus
    kit = Kit(script_params, (*SERVERS, ("office", 0.4), ("vpn", 0.1)), LOOPED, addresses=3)
    rows = services(stage, rng, "redteam", count, kit, per_day=4, batch=(1, 80))
    pools = [corpus.pool(kind) for kind in _ABOUT]
    answers = stock(lambda: prose(corpus, rng), count)

    def team(_: int) -> Scene:
        pool = choose(rng, pools)
        goals = owned(rng, pool, 10, 120)
        attempts = paraphrased(lambda draw: red_team(draw, Slot(goals.texts)), rng, int(rng.integers(1, 12)))
        return Scene(
            attempts, choose(rng, answers), items=Items.SWEEP,
            output=(float(rng.uniform(60, 260)), 0.7), refused=float(rng.uniform(0.1, 0.7)),
        )  # fmt: skip

    rows["scene"] = each_its_own(stage, count, team)
    rows["items_count"] = spread(rng, 20, 400, count)
    return [Population("redteam", stage, rows)]


ARCHETYPE = Archetype("redteam", weight=0.013, cast=cast)
