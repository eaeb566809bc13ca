"""People who talk with a model in a chat window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.archetype import Archetype
from streaming.simulator.habits import habits
from streaming.simulator.people import sign_up
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params, settle
from streaming.simulator.stage import Role
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations of a few turns at a person's hours, from home or on the move."""
    rng = stage.rng("chat")
    rows = habits(count)
    rows["account"] = sign_up(stage, rng, Role("benign", "chat"), count)
    rows["scene"] = stage.scene(
        Scene(
            Wording.of(Template(("", ""), (Slot(stage.corpus.pool("chat").texts),))),
            prose(stage.corpus, rng),
            follow=Wording.of(Template(("", ""), (Slot(stage.corpus.pool("followups").texts, 1),))),
            output=(260.0, 0.8),
        )
    )
    rows["sessions"] = rng.lognormal(-1.2, 1.0, count)
    rows["turns"] = 1 + rng.gamma(1.5, 2.0, count)
    rows["peak"] = rng.choice(24, count)
    settle(
        stage, rng, rows,
        params=[[chat_params(rng)] for _ in rows],
        networks=[("home", int(rng.integers(1, 4))) for _ in rows],
        clients=[[stage.market.browser(rng)] for _ in rows],
    )  # fmt: skip
    return [Population("chat", stage, rows)]


ARCHETYPE = Archetype("chat", weight=0.35, cast=cast)
