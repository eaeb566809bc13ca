"""Simulate: a plan to a labelled world on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.simulator.plan import stage_world
from streaming.simulator.world import play
from streaming.simulator.writer import WorldWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streaming.simulator.plan import WorldPlan


@dataclass(frozen=True, slots=True)
class Simulated:
    """How much was written."""

    events: int
    accounts: int
    until: int
    """ms; the last request so far"""


def simulate(plan: WorldPlan, folder: Path, progress: Callable[[Simulated], None]) -> Simulated:
    """Write the world of `plan` into `folder`; raises `ValueError` for a plan that cannot be staged."""
    stage, actors = stage_world(plan)
    done = Simulated(0, len(stage.facts), stage.clock.start)
    with WorldWriter(folder, stage) as writer:
        for chunk in play(stage, actors):
            writer.text(chunk.text)
            if len(chunk.rows):
                writer.truth(chunk.rows, chunk.ids)
                done = Simulated(done.events + len(chunk.rows), done.accounts, int(chunk.rows["time"][-1]))
            progress(done)
    return done
