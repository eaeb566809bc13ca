"""Evaluation harnesses: public benchmarks, item by item, greedy and seeded.

The same items in the same words come from everybody who runs the same harness, and come again with the
next model. Answers are short. Some compare the log-probabilities of the choices and generate one token; some
have a judge rate the answers to open questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.archetype import Archetype
from streaming.simulator.customers import DEVELOPER, SERVERS, services
from streaming.simulator.equipment import LOOPED, Kit
from streaming.simulator.population import Population
from streaming.simulator.public import Benchmark, benchmarks, graded
from streaming.simulator.settings import harness_params, judge_params, likelihood_params

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_LIKELIHOOD: Final = 0.45
_GRADED: Final = 0.2
"""shares of the harnesses that compare log-probabilities, and that have answers judged"""


def cast(stage: Stage, count: int) -> Sequence[Actor]:
    """Runs over one benchmark or several."""
    compared, judged = round(_LIKELIHOOD * count), round(_GRADED * count)
    choices = [each for each in benchmarks(stage) if each.has_choices]
    return [
        *_runs(stage, "generated", count - compared - judged, harness_params, benchmarks(stage)),
        *_runs(stage, "compared", compared, likelihood_params, choices),
        *_runs(stage, "graded", judged, judge_params, graded(stage)),
    ]


def _runs(
    stage: Stage,
    how: str,
    count: int,
    params: Callable[[np.random.Generator], Params],
    sets: Sequence[Benchmark],
) -> Iterator[Actor]:
    if not count:
        return
    rng = stage.rng("eval_harness", how)
    kit = Kit(params, SERVERS, LOOPED, roams=False, settings=1)
    rows = services(stage, rng, "eval_harness", count, kit, per_day=6, batch=(20, 400), how=DEVELOPER)
    played = [(stage.scene(scene), each.items) for each in sets for scene in each.scenes]
    chosen = rng.integers(len(played), size=count)
    rows["scene"] = np.array([scene for scene, _ in played])[chosen]
    rows["items_count"] = np.array([items for _, items in played])[chosen]
    rows["items"] = 0
    rows["gap"] = rng.lognormal(np.log(0.8), 0.9, count)
    rows["output"] = np.where(how == "compared", 0.4, rows["output"])
    yield Population(f"{'eval_harness'} {how}", stage, rows)


ARCHETYPE = Archetype("eval_harness", weight=0.024, cast=cast)
