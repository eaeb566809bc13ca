"""Cover: ordinary use on the accounts of a campaign, so that not all that they do is the attack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.everyday import everyday
from streaming.simulator.pace import pace
from streaming.simulator.requests import NEVER
from streaming.simulator.settings import chat_params

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

_MOST: Final = 0.98
_WARMED: Final = 0.5
"""share of campaigns whose accounts are in ordinary use before the attack begins"""
_VARIETY: Final = 12
"""parameter settings that a campaign's cover has"""


def cover_habits(
    stage: Stage,
    rng: np.random.Generator,
    rows: NDArray[np.void],
    exchanges: float,
    share: float,
    end: int,
) -> NDArray[np.void]:
    """Habits of the same accounts that make `share` of all their requests ordinary ones, as people do."""
    if share <= 0:
        return rows[:0].copy()
    share = min(share, _MOST)
    hidden = rows.copy()
    ordinary = everyday(stage, rng)
    hidden["scene"], hidden["scenes"] = ordinary.first, ordinary.plain
    hidden["main"] = 0.5
    hidden["params"] = stage.add_params(*(chat_params(rng) for _ in range(_VARIETY)))
    hidden["params"] += rng.integers(_VARIETY, size=len(rows)).astype(np.int32)
    hidden["params_count"], hidden["pivot"], hidden["end"] = 1, NEVER, end
    if rng.random() < _WARMED:
        hidden["begin"] = stage.clock.start
    pace(rng, hidden, exchanges * share / (1 - share), 1.0, batch=4.0)
    return hidden
