"""What the default model is trained on: simulated worlds beside the labelled ones of the data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.corpus import origins
from streaming.simulator.family import all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate
from streaming.simulator.streams import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WORLDS: Final = 4
"""simulated worlds"""
IMPORTANCE: Final = 0.25
"""Weight of a simulated account beside one of the labelled worlds, which are fewer and not our own."""
HONEST: Final = 5_000
"""honest accounts of each"""
_FIRST_SEED: Final = 101
_DAYS: Final = 10
_LEFT_OUT: Final = 0.3
"""share of the sources of prompts that a world does not have"""
_CAMPAIGNS: Final = 2
"""of each family in each world"""
_SCALE: Final = 0.2
_REFERENCE_SCALE: Final = 0.003


def plans(corpora: Path, count: int = WORLDS) -> Iterator[tuple[str, WorldPlan]]:
    """Names and plans of the training worlds: other prompts, wordings, networks and efforts in each."""
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        rng = generator(seed, "training world")
        skip = frozenset(origin for origin in origins() if rng.random() < _LEFT_OUT)
        campaigns = tuple(
            Campaign(family, scale=_scale(family, rng))
            for family in all_families()
            for _ in range(_CAMPAIGNS)
        )
        plan = WorldPlan(seed, HONEST, _DAYS, campaigns, pools=4, corpora=corpora, skip=skip)
        yield f"simulated-{seed}", plan


def simulate_training(
    corpora: Path, folder: Path, count: int, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """Write the training worlds into `folder`, but for those that are there; their folders."""
    worlds = []
    for name, plan in plans(corpora, count):
        world = folder / name
        if not (world / "truth_accounts.parquet").exists():
            told(f"simulating {name}")
            simulate(plan, world, lambda _: None)
        worlds.append(world)
    return tuple(worlds)


def _scale(family: str, rng: np.random.Generator) -> float:
    """Campaigns from a few accounts to some hundred, so that sizes mean nothing."""
    usual = _REFERENCE_SCALE if family == "reference" else _SCALE
    return float(usual * np.exp(rng.normal(0, 0.7)))
