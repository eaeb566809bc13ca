"""Researchers who draw many answers to the same prompt: self-consistency and pass@k.

k identical requests for every item, never greedy, over a benchmark or a set of their own: only that the
items are few and come again tells them from those who keep the best of k answers to train on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DEVELOPER, SCRIPT, SERVERS, each_its_own, services, spread
from streaming.simulator.equipment import Kit
from streaming.simulator.jobs import choose
from streaming.simulator.population import Population
from streaming.simulator.public import Benchmark, benchmarks
from streaming.simulator.settings import sampling_params

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_DRAWS: Final = (2, 4, 5, 8, 8, 10, 16, 16, 32, 64)


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Runs with one k for each researcher."""
    rng = stage.rng("passk")
    kit = Kit(sampling_params, (*SERVERS, ("campus", 0.4)), SCRIPT, settings=1)
    rows = services(stage, rng, "passk", count, kit, per_day=8, batch=(16, 400), how=DEVELOPER)
    sets = [each for each in benchmarks(stage) if each.kind in {"math", "code_completion"}]
    rows["scene"] = each_its_own(stage, count, lambda _: _draws(rng, choose(rng, sets)))
    rows["items"] *= rng.random(count) < 0.5  # noqa: PLR2004 - half begin at the first item, half cut a set of their own
    rows["items_count"] = spread(rng, 10, 500, count)
    rows["gap"] = rng.lognormal(np.log(0.7), 1.0, count)
    return [Population("passk", stage, rows)]


def _draws(rng: np.random.Generator, benchmark: Benchmark) -> Scene:
    return replace(choose(rng, benchmark.scenes), repeats=choose(rng, _DRAWS))


ARCHETYPE = Archetype("passk", weight=0.013, cast=cast)
