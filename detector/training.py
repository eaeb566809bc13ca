"""Simulated worlds that the default model learns from, and one that it never sees.

`python -m detector.training --data DIR --out FOLDER [--only NAME]`; DIR holds `corpora`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
import typer

from detector.cli.compose import told_plainly
from detector.truth import WorldError
from streaming.simulator.corpus import origins
from streaming.simulator.corpus_sources import SOURCES
from streaming.simulator.family import all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate
from streaming.simulator.streams import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

WORLDS: Final = 4
"""simulated worlds"""
IMPORTANCE: Final = 0.1
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
_HELD_OUT_SEED: Final = 901
_HELD_OUT_HONEST: Final = 8_000
"""more would be needed for a claim at 0.01 % FPR; grading them takes an hour with all experiments"""
_HELD_OUT_CAMPAIGNS: Final = 3


def plans(corpora: Path, count: int = WORLDS) -> Iterator[tuple[str, WorldPlan]]:
    """Names and plans of the training worlds: other prompts, wordings, networks and efforts in each."""
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        rng = generator(seed, "training world")
        skip = frozenset(origin for origin in origins() if rng.random() < _LEFT_OUT)
        campaigns = _campaigns(rng, _CAMPAIGNS)
        plan = WorldPlan(seed, HONEST, _DAYS, campaigns, pools=4, corpora=corpora, skip=skip)
        yield f"simulated-{seed}", plan


def held_out_plan(corpora: Path) -> tuple[str, WorldPlan]:
    """Name and plan of a world to grade on: of each kind of prompts, the sources that taught least.

    No source taught nothing, so prompts are shared: `taught` says how many worlds use each source.
    """
    used = taught(corpora)
    least = {source.kind: min(used[s.name] for s in SOURCES if s.kind == source.kind) for source in SOURCES}
    skip = frozenset(source.name for source in SOURCES if used[source.name] > least[source.kind])
    campaigns = _campaigns(generator(_HELD_OUT_SEED, "held-out world"), _HELD_OUT_CAMPAIGNS)
    plan = WorldPlan(_HELD_OUT_SEED, _HELD_OUT_HONEST, _DAYS, campaigns, pools=6, corpora=corpora, skip=skip)
    return f"simulated-{_HELD_OUT_SEED}", plan


def taught(corpora: Path) -> Mapping[str, int]:
    """How many of the training worlds draw prompts from each source."""
    return Counter(
        source.name
        for _, plan in plans(corpora)
        for source in SOURCES
        if not {source.origin, source.name} & plan.skip
    )


def simulate_worlds(
    planned: Iterable[tuple[str, WorldPlan]], folder: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """Write each world into a folder of its name in `folder`; these folders."""
    worlds = []
    for name, plan in planned:
        told(f"simulating {name}")
        simulate(plan, folder / name)
        worlds.append(folder / name)
    return tuple(worlds)


def main(
    data: Annotated[Path, typer.Option(help="folder that holds corpora")],
    out: Annotated[Path, typer.Option(help="where the worlds go, each in a folder of its name")],
    only: Annotated[list[str] | None, typer.Option(help="a world; may be repeated. Default: all")] = None,
) -> None:
    """Write the worlds that the default model learns from, and the one that is held out, afresh."""
    with told_plainly():
        known = dict([*plans(data / "corpora"), held_out_plan(data / "corpora")])
        if unknown := set(only or ()) - set(known):
            raise WorldError(f"--only: knows no {', '.join(sorted(unknown))}; one of {', '.join(known)}")
        simulate_worlds([(name, known[name]) for name in only or known], out, typer.echo)


def _campaigns(rng: np.random.Generator, each: int) -> tuple[Campaign, ...]:
    return tuple(
        Campaign(family, scale=_scale(family, rng)) for family in all_families() for _ in range(each)
    )


def _scale(family: str, rng: np.random.Generator) -> float:
    """Campaigns from a few accounts to some hundred, so that sizes mean nothing."""
    usual = _REFERENCE_SCALE if family == "reference" else _SCALE
    return float(usual * np.exp(rng.normal(0, 0.7)))


if __name__ == "__main__":
    typer.run(main)
