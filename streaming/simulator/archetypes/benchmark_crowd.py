"""The crowd of a model release: strangers who try the newest model on the same public items, and go back.

Within a day of the release many unrelated accounts sweep the same benchmarks in the words of the same
harnesses. Nothing else connects them; a few days later they are back at what they did before, on the
model they had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DESK, DEVELOPER, SERVERS, mixture, persons, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose, stock
from streaming.simulator.openings import asked
from streaming.simulator.population import Population
from streaming.simulator.public import benchmarks
from streaming.simulator.requests import DAY, HOUR, NEVER
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import chat_params, harness_params
from streaming.simulator.wordings.answers import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """One burst each after the release, beside a little ordinary use."""
    rng = stage.rng("benchmark_crowd")
    kit = Kit(harness_params, (*DESK, *SERVERS), (("sdk", 0.95), ("coder", 0.05)))
    rows = persons(stage, rng, "benchmark_crowd", count, kit, per_day=0.3, turns=4, how=DEVELOPER)
    burst = rows.copy()
    rows["params"] = stage.add_params(*(chat_params(rng) for _ in range(count))) + np.arange(count)
    rows["params_count"], rows["end"] = 1, NEVER
    usual = stock(lambda: Scene(asked(stage.corpus.pool("chat").texts), prose(stage.corpus, rng)), count)
    mixture(stage, rng, rows, usual)
    _sweep(stage, rng, burst)
    return [
        Population(f"{'benchmark_crowd'} before", stage, rows),
        Population(f"{'benchmark_crowd'} burst", stage, burst),
    ]


def _sweep(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void]) -> None:
    """From hours after the release, for half a day to three days."""
    count = len(rows)
    sets = benchmarks(stage)
    # A release has its favourites: most of the crowd tries the same few sets.
    favourite = np.minimum(rng.exponential(1.5, count), len(sets) - 1).astype(np.int64)
    order = rng.permutation(len(sets))[favourite]
    scenes = [[stage.scene(scene) for scene in each.scenes] for each in sets]
    rows["scene"] = [choose(rng, scenes[at]) for at in order.tolist()]
    rows["items"], rows["items_count"] = 0, [sets[at].items for at in order.tolist()]
    rows["model"], rows["pivot"] = len(stage.market.models) - 1, NEVER
    rows["begin"] = stage.clock.release + rng.exponential(9 * HOUR, count)
    rows["end"] = rows["begin"] + rng.uniform(0.5, 3.0, count) * DAY
    rows["turns"], rows["turns_sigma"] = spread(rng, 8, 150, count), 0.4
    rows["sessions"], rows["daily"] = rng.uniform(0.6, 2.5, count), rng.uniform(0.0, 1.2, count)
    rows["gap"] = rng.lognormal(np.log(2), 0.9, count)


ARCHETYPE = Archetype("benchmark_crowd", weight=0.025, cast=cast)
