"""Sidelines: honest accounts use a model for more than their job, as the cover of hostile ones pretends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.everyday import everyday
from streaming.simulator.population import Population
from streaming.simulator.requests import NEVER
from streaming.simulator.settings import chat_params

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_HAVE_ONE: Final = 0.5
"""share of accounts with a sideline"""
_SHARES: Final = (0.02, 0.6)
"""of their requests that go to it; log-uniform"""
_VARIETY: Final = 12
"""parameter settings that the sidelines of one kind of account have"""


def sidelines(stage: Stage, rng: np.random.Generator, actors: Sequence[Actor]) -> Iterator[Population]:
    """Populations that play the sidelines of the accounts in `actors`."""
    for actor in actors:
        if isinstance(actor, Population):
            rows = actor.habits[rng.random(len(actor.habits)) < _HAVE_ONE].copy()
            _turn_aside(stage, rng, rows)
            yield Population(f"{actor.name} sideline", stage, rows)


def _turn_aside(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void]) -> None:
    """Chat, questions and small programs in place of the job, at a person's pace."""
    low, high = np.log(_SHARES)
    share = np.exp(rng.uniform(low, high, len(rows)))
    each_day = rows["sessions"] * rows["turns"] * share / (1 - share)
    ordinary = everyday(stage, rng)
    rows["scene"], rows["scenes"], rows["main"] = ordinary.first, ordinary.plain, rng.uniform(0, 1, len(rows))
    settings = stage.add_params(*(chat_params(rng) for _ in range(_VARIETY)))
    apart = rng.random(len(rows)) < _HAVE_ONE
    rows["params"] = np.where(apart, settings + rng.integers(_VARIETY, size=len(rows)), rows["params"])
    rows["params_count"] = np.where(apart, 1, rows["params_count"])
    rows["turns"], rows["turns_sigma"] = np.clip(each_day, 1, 4), 0.5
    rows["sessions"] = each_day / (rows["turns"] * np.exp(rows["turns_sigma"] ** 2 / 2))
    rows["gap"], rows["gap_sigma"] = 60.0, 1.0
    rows["items_count"], rows["pivot"] = 1 << 31, NEVER
