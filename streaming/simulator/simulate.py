"""Simulate: a plan to a labelled world on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.simulator.checks import PlanError
from streaming.simulator.plan import stage_world
from streaming.simulator.world import play
from streaming.simulator.writer import WorldWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from streaming.simulator.plan import WorldPlan
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor
    from streaming.simulator.writer import Format


@dataclass(frozen=True, slots=True)
class Simulated:
    """How much was written."""

    events: int
    accounts: int
    until: int
    """ms; the last request so far"""


def simulate(
    plan: WorldPlan,
    folder: Path,
    progress: Callable[[Simulated], None] = lambda _: None,
    log_format: Format = "canonical",
) -> Simulated:
    """Write the world of `plan` into `folder`; raises `PlanError` for a plan that cannot be staged."""
    stage, actors = _staged(plan)
    done = Simulated(0, len(stage.facts), stage.clock.start)
    with WorldWriter(folder, stage, log_format) as writer:
        for chunk in play(stage, actors):
            writer.text(chunk.text)
            if len(chunk.rows):
                writer.truth(chunk.rows, chunk.ids)
                done = Simulated(done.events + len(chunk.rows), done.accounts, int(chunk.rows["time"][-1]))
            progress(done)
    return done


def _staged(plan: WorldPlan) -> tuple[Stage, Sequence[Actor]]:
    try:
        return stage_world(plan)
    except ValueError as error:
        raise PlanError(str(error)) from error
