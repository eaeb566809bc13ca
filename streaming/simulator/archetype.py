"""Archetypes: kinds of honest users. Each is one module of `archetypes` that names its `ARCHETYPE`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from streaming.simulator import archetypes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of honest use."""

    name: str
    weight: float
    """share of the honest accounts, relative to the other archetypes"""
    cast: Callable[[Stage, int], Sequence[Actor]]
    """puts about so many accounts on the stage"""


def all_archetypes() -> tuple[Archetype, ...]:
    """Every archetype there is, by name."""
    names = sorted(module.name for module in iter_modules(archetypes.__path__))
    return tuple(import_module(f"{archetypes.__name__}.{name}").ARCHETYPE for name in names)
