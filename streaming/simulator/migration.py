"""Migration: a campaign whose first pool of accounts is banned and whose second one continues its queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.bans import Banned, ban_wave
from streaming.simulator.crew import crew
from streaming.simulator.population import Population
from streaming.simulator.requests import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.crew import Job
    from streaming.simulator.family import Effort
    from streaming.simulator.stage import Role, Stage
    from streaming.simulator.world import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """When, and how many."""

    at: float
    """share of the campaign that is over when the bans come"""
    first: float
    """share of the accounts that the first pool has"""
    spread: float = 3.0
    """hours from the first ban to the last"""


def migrating(
    stage: Stage, rng: np.random.Generator, name: str, role: Role, effort: Effort, job: Job, move: Move
) -> Sequence[Actor]:
    """`effort` on two pools of accounts, the second of which begins within hours of the bans of the first."""
    begin = stage.clock.at(rng.uniform(0, 0.2)) if job.begin is None else job.begin
    end, seen = effort.within(begin, stage.clock.end)
    seen_effort = replace(effort, exchanges=round(seen), days=None)
    wave = begin + int(move.at * (end - begin))
    count = min(max(1, round(effort.accounts * move.first)), max(1, effort.accounts - 1))
    pools = (
        (seen_effort.part(count, move.at), begin, wave + int((move.spread + 2) * HOUR)),
        (seen_effort.part(effort.accounts - count, 1 - move.at), wave + int(rng.uniform(0.5, 5) * HOUR), end),
    )
    first, second = (
        crew(stage, rng, role, spent, replace(job, begin=start, end=until, steady=True))
        for spent, start, until in pools
    )
    second["model"] = first["model"][0]
    until = ban_wave(stage, rng, first, wave, int(move.spread * HOUR))
    return [Banned(Population(name, stage, np.concatenate([first, second])), stage, until)]
