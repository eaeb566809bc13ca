"""Ban and migration: a pool is banned, and within hours a second one goes on where it stopped.

The September 2026 report: after the first pool of about 5,000 accounts was closed, traffic moved quickly to
a second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, kit
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.migration import Move, migrating
from streaming.simulator.purposes import any_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "ban_migration"


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """Two pools of tens to hundreds of accounts together."""
    return spend(rng, scale, accounts=(16, 400), exchanges=(2_000, 30_000), wordings=(1, 3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """One queue, worked through by one pool after another."""
    rng = stage.rng(name)
    first = stage.scene(any_purpose(stage, rng, spent.wordings))
    job = Job(first, *kit(stage, rng), steady=True)
    move = Move(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.4, 0.6)))
    return migrating(stage, rng, name, attacker(_NAME, name), spent, job, move)


FAMILY = Family(_NAME, "Is banned, and goes on within hours on a second pool.", effort, cast)
