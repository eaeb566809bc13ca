"""Small stages without honest accounts, and what is played on them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.clock import Clock
from streaming.simulator.corpus import Corpus
from streaming.simulator.family import all_families
from streaming.simulator.market import Market
from streaming.simulator.requests import DAY, HOUR
from streaming.simulator.stage import Stage
from streaming.simulator.streams import generator
from streaming.simulator.traces import weekly_curves
from streaming.simulator.wordings.answers import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.family import Effort
    from streaming.simulator.world import Actor

SLICE = 6 * HOUR


@cache
def corpus() -> Corpus:
    """The built-in corpus; it is only read."""
    return Corpus.read(None, 1)


def empty_stage(seed: int = 5, days: int = 8) -> Stage:
    """A stage with nobody on it."""
    start = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)
    clock = Clock(start, days, start + int(days * DAY * 0.4))
    market = Market.open(generator(seed, "market"))
    texts = corpus()
    return Stage(
        seed, refusal(texts, generator(seed, "refusal")), clock, texts, market, weekly_curves(None, seed)
    )


def campaign(
    family: str, effort: Effort, seed: int = 5, days: int = 8
) -> tuple[Stage, Sequence[Actor], NDArray[np.void]]:
    """A stage with one campaign on it, its actors, and all that they send, in order of time.

    The actors have been played; stage them again to play them again.
    """
    stage = empty_stage(seed, days)
    actors = all_families()[family].cast(stage, f"{family}-1", effort)
    return stage, actors, requests(stage, actors)


def requests(stage: Stage, actors: Sequence[Actor]) -> NDArray[np.void]:
    """All requests within the span of the stage, in order of time."""
    starts = range(stage.clock.start, stage.clock.end, SLICE)
    made = [
        actor.requests(at, at + SLICE, stage.rng("requests", actor.name, at))
        for at in starts
        for actor in actors
    ]
    rows = np.concatenate(made)
    rows = rows[rows["time"] < stage.clock.end]
    ordered: NDArray[np.void] = rows[np.argsort(rows["time"], kind="stable")]
    return ordered


def attacks(stage: Stage, rows: NDArray[np.void]) -> NDArray[np.void]:
    """Those of a campaign, asked in vain or not."""
    chosen: NDArray[np.void] = rows[stage.traits["attack"][rows["scene"]]]
    return chosen
