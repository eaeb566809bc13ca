"""Role play: a person and a character who talk for hours.

Very long conversations under a public persona prompt that thousands have copied; short answers in quick
turns, at night and at weekends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import HOME, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, owned, stock
from streaming.simulator.openings import plain, said
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import dialogue_params
from streaming.simulator.texts import Wording
from streaming.simulator.wordings.answers import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_SAID: Final = (("followups", 1), ("chat", 2), ("sentences", 3))


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Evenings of thirty turns."""
    rng = stage.rng("roleplay")
    corpus = stage.corpus
    kit = Kit(dialogue_params, HOME, (("browser", 0.55), ("sdk", 0.4), ("coder", 0.05)))
    rows = persons(stage, rng, "roleplay", count, kit, per_day=0.25, turns=14)
    pools = [corpus.pool(kind) for kind in ("persona", "persona", "chat", "sentences")]
    later = Wording.of(*(said(corpus.pool(kind).texts, salt).templates[0] for kind, salt in _SAID))

    def character() -> Scene:
        own = owned(rng, choose(rng, pools), 1, 60)
        return Scene(
            plain(own.texts), prose(corpus, rng), follow=later,
            keep=int(rng.integers(4, 12)), output=(float(rng.uniform(50, 260)), 0.6),
        )  # fmt: skip

    mixture(stage, rng, rows, stock(character, count, most=40))
    rows["gap"], rows["weekend"] = rng.lognormal(np.log(40), 0.5, count), rng.uniform(0.7, 2.0, count)
    rows["peak"] = (rows["peak"] + rng.normal(6, 2, count)) % 24
    return [Population("roleplay", stage, rows)]


ARCHETYPE = Archetype("roleplay", weight=0.03, cast=cast)
