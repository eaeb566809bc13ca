"""Crews: the accounts of a campaign, signed up, equipped and paced as far as its effort goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from streaming.simulator.cells import staff
from streaming.simulator.cover import cover_habits
from streaming.simulator.pace import follow_curve, pace, runs
from streaming.simulator.requests import HOUR, NEVER
from streaming.simulator.settings import agent_params, chat_params, long_params, pipeline_params
from streaming.simulator.stage import Role
from streaming.simulator.wordings.grammar import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.cells import MakeClient
    from streaming.simulator.facts import Params
    from streaming.simulator.family import Effort
    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage

MakeParams: TypeAlias = "Callable[[np.random.Generator], Params]"

_SETTINGS: Final[tuple[MakeParams, ...]] = (pipeline_params, pipeline_params, long_params, chat_params)
_CODERS: Final = 0.25
"""share of pipelines that pass for a coding client"""
_OWN_LIBRARIES: Final = 0.5
"""share of pipelines whose machines do not all have the same libraries"""
_RUNS: Final = (1, 1, 1, 2, 3, 5)
_MEASURED: Final = 0.4
"""share of campaigns whose load goes up and down like that of a measured service"""
_FOLLOW_RELEASE: Final = 0.3
"""share of campaigns that move to a new model because it is new"""


@dataclass(frozen=True, slots=True)
class Job:
    """What a crew does, when, and with what."""

    scene: int
    """first of its scenes"""
    params: Sequence[Params]
    client: MakeClient
    """draws a client: one each for isolated accounts, one a cell for the others"""
    scenes: int = 1
    begin: int | None = None
    """ms; none: some time in the first third of the world"""
    end: int | None = None
    batch: float = 20.0
    """requests in one go of a worker, median"""
    talk: float | None = None
    """turns of a conversation, median, where it holds conversations"""
    steady: bool = False
    """one run from begin to end, not several jobs with idle time between"""


def attacker(family: str, campaign: str) -> Role:
    """The role of a campaign's accounts."""
    return Role("distillation", "attack", family, campaign)


def scenes(stage: Stage, *several: Scene) -> int:
    """Number of the first of several scenes that one crew plays."""
    numbers = [stage.scene(scene) for scene in several]
    return numbers[0]


def kit(
    stage: Stage, rng: np.random.Generator, make: MakeParams | None = None
) -> tuple[list[Params], MakeClient]:
    """Parameters and clients of one operation: mostly scripts on a library, or an agent's command line."""
    market = stage.market
    make = make or pick(rng, _SETTINGS)
    params = [make(rng) for _ in range(pick(rng, (1, 1, 1, 2)))]
    if make is agent_params or rng.random() < _CODERS:
        return params, market.coder
    stock = [market.sdk(rng) for _ in range(int(rng.integers(1, 4)))]
    return params, market.sdk if rng.random() < _OWN_LIBRARIES else lambda draw: pick(draw, stock)


def crew(stage: Stage, rng: np.random.Generator, role: Role, effort: Effort, job: Job) -> NDArray[np.void]:
    """Habits of `effort.accounts` accounts that make `effort.exchanges` requests; those of their cover."""
    begin = stage.clock.at(rng.uniform(0, 0.3)) if job.begin is None else job.begin
    end, exchanges = effort.within(begin, job.end or stage.clock.end)
    rows = _equipped(stage, rng, role, effort, job)
    rows["begin"], rows["end"] = begin, end
    hidden = cover_habits(stage, rng, rows, exchanges, effort.cover, end)
    count = 1 if job.steady else int(rng.choice(_RUNS))
    rows = _in_runs(rows, runs(rng, begin, end, count) or [(begin, end)])
    pace(rng, rows, exchanges, effort.human, batch=job.batch, talk=job.talk)
    if rng.random() < _MEASURED:
        follow_curve(stage.curves, rows, int(rng.integers(len(stage.curves))))
    return np.concatenate([rows, hidden])


def _equipped(
    stage: Stage, rng: np.random.Generator, role: Role, effort: Effort, job: Job
) -> NDArray[np.void]:
    rows = staff(stage, rng, role, effort.accounts, effort.isolation, job.client)
    rows["params"], rows["params_count"] = stage.add_params(*job.params), len(job.params)
    rows["scene"], rows["scenes"], rows["main"] = job.scene, job.scenes, 1 / job.scenes
    rows["model"] = rng.choice((0, 1, 2, 2, 2))
    if rng.random() < _FOLLOW_RELEASE:
        pivot(stage, rng, rows, float(rng.uniform(0.4, 1.0)))
    return rows


def pivot(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], share: float) -> None:
    """Let a share of the accounts move to the newest model within a day of its release."""
    moves = rng.random(len(rows)) < share
    start = stage.clock.release + rng.uniform(0.5, 12) * HOUR
    rows["next_model"] = len(stage.market.models) - 1
    rows["pivot"] = np.where(moves, (start + rng.uniform(0, 12, len(rows)) * HOUR).astype(np.int64), NEVER)


def _in_runs(rows: NDArray[np.void], windows: Sequence[tuple[int, int]]) -> NDArray[np.void]:
    parts = []
    for begin, end in windows:
        part = rows.copy()
        part["begin"], part["end"] = begin, end
        parts.append(part)
    return np.concatenate(parts)
