"""Families of attack. Each is one module of `families` that names its `FAMILY`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from streaming.simulator import families

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


@dataclass(frozen=True, slots=True)
class Effort:
    """What a campaign spends, and so how well it hides."""

    accounts: int
    exchanges: int
    """answered or not, over the whole campaign"""
    cover: float = 0.0
    """share of its accounts' sessions that are ordinary use"""
    wordings: int = 1
    """ways in which its template is put"""
    isolation: float = 0.5
    """share of accounts with a payment, a network and a device of their own"""
    human: float = 0.0
    """0: workers round the clock; 1: the hours and pauses of a person"""


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
