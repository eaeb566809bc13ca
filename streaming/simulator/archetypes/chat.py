"""People who talk with a model in a chat window.

Whoever talks decides what comes next: conversations of a few turns at a person's hours, from home or on
the move, in a language of their own, on anything. Nothing connects two of them but the window that they
type into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import HOME, WINDOW, mixture, persons
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, stock
from streaming.simulator.openings import asked, plain, said
from streaming.simulator.population import Population
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params
from streaming.simulator.wordings.answers import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.texts import Wording
    from streaming.simulator.world import Actor

_CHINESE: Final = 0.12
"""share of people who write Chinese"""


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Conversations on everything."""
    rng = stage.rng("chat")
    corpus = stage.corpus
    rows = persons(stage, rng, "chat", count, Kit(chat_params, HOME, WINDOW), per_day=0.25, turns=3.5)
    english = stock(lambda: _talk(asked(corpus.pool("chat").texts), rng, stage, "followups"), count)
    mixture(stage, rng, rows, english)
    chinese = stock(
        lambda: _talk(plain(corpus.pool("instructions_zh").texts), rng, stage, "followups_zh"), count, most=6
    )
    others = np.flatnonzero(rng.random(count) < _CHINESE)
    theirs = rows[others]
    mixture(stage, rng, theirs, chinese)
    rows[others] = theirs
    return [Population("chat", stage, rows)]


def _talk(opening: Wording, rng: np.random.Generator, stage: Stage, later: str) -> Scene:
    return Scene(
        opening,
        prose(stage.corpus, rng),
        follow=said(stage.corpus.pool(later).texts),
        keep=int(rng.integers(2, 7)),
        output=(float(rng.uniform(120, 420)), float(rng.uniform(0.5, 0.9))),
        hidden=float(choose(rng, (0, 0, 0, 1.5))),
    )


ARCHETYPE = Archetype("chat", weight=0.2, cast=cast)
