"""Families of attack. Each is one module of `families` that names its `FAMILY`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from streaming.simulator import families
from streaming.simulator.requests import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Effort:
    """What a campaign spends, and so how well it hides."""

    accounts: int
    exchanges: int
    """of the attack, answered or not, over the whole campaign; cover comes on top"""
    cover: float = 0.0
    """share of its accounts' requests that are ordinary use"""
    wordings: int = 1
    """ways in which its template is put"""
    isolation: float = 0.5
    """share of accounts with a payment, a network and a device of their own"""
    human: float = 0.0
    """0: workers round the clock; 1: the hours and pauses of a person"""
    days: float | None = None
    """that the exchanges are spread over, seen or not; none: what the world has left"""

    def part(self, accounts: int, share: float) -> Effort:
        """What a group of `accounts`, at least one, spends that makes `share` of the exchanges."""
        return replace(self, accounts=max(1, accounts), exchanges=round(self.exchanges * share))

    def within(self, begin: int, end: int) -> tuple[int, float]:
        """End (ms) of a campaign from `begin` in a world that ends at `end`, and its exchanges until then."""
        if self.days is None:
            return end, float(self.exchanges)
        last = begin + int(self.days * DAY)
        return min(end, last), self.exchanges * min(1.0, (end - begin) / (last - begin))


@dataclass(frozen=True, slots=True)
class Family:
    """A way to distil a model."""

    name: str
    about: str
    """one sentence: what is done, and where it is on record"""
    effort: Callable[[np.random.Generator, float], Effort]
    """what a campaign of scale 1 (or another) spends"""
    cast: Callable[[Stage, str, Effort], Sequence[Actor]]
    """puts the campaign of this name on the stage"""


def all_families() -> dict[str, Family]:
    """Every family there is, by name."""
    names = sorted(module.name for module in iter_modules(families.__path__))
    found = [import_module(f"{families.__name__}.{name}").FAMILY for name in names]
    return {family.name: family for family in found}


def spend(
    rng: np.random.Generator,
    scale: float,
    *,
    accounts: Range = (5, 400),
    exchanges: Range = (1_000, 30_000),
    cover: Range = (0.0, 0.5),
    wordings: Range = (1, 1),
    isolation: Range = (0.0, 1.0),
    human: Range = (0.0, 1.0),
) -> Effort:
    """An effort somewhere in these ranges: sizes log-uniform and times `scale`, the rest uniform.

    Half of the campaigns whose range of cover begins at 0 have none. No account makes fewer than five
    exchanges, or it would not be worth its registration.
    """
    count = max(1, round(scale * log_uniform(rng, *accounts)))
    total = max(5 * count, round(scale * log_uniform(rng, *exchanges)))
    bare = cover[0] == 0 and rng.random() < 0.5  # noqa: PLR2004 - every second one
    return Effort(
        count,
        total,
        0.0 if bare else float(rng.uniform(*cover)),
        round(log_uniform(rng, *wordings)),
        float(rng.uniform(*isolation)),
        float(rng.uniform(*human)),
    )


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
