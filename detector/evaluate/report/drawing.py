"""Geometry of the report's plots: numbers to lines and dots of an SVG, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH: Final = 620.0
LEFT: Final = 170.0
"""Room for names beside the plot."""

_STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A measured figure; hollow where it stands for something not seen."""

    x: float
    y: float
    title: str
    series: int = 0
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline, as SVG takes its points; a thin one is an interval."""

    points: str
    series: int = 0
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot in units of the drawing, its upper left corner at (0, 0)."""

    title: str
    height: float
    x_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...] = ()
    lines: tuple[Line, ...] = ()
    guides: tuple[Tick, ...] = ()
    """marks across the x axis"""
    legend: tuple[str, ...] = ()
    """names of the series"""
    width: float = WIDTH
    left: float = LEFT


@dataclass(frozen=True, slots=True)
class Axis:
    """Values to places; values beyond the ends are drawn at the ends."""

    low: float
    high: float
    length: float
    log: bool = False
    upward: bool = False

    def at(self, value: float) -> float:
        """The place of a value."""
        share = (self._scaled(value) - self._scaled(self.low)) / (
            self._scaled(self.high) - self._scaled(self.low)
        )
        share = min(max(share, 0.0), 1.0)
        return self.length * (1 - share if self.upward else share)

    def ticks(self, *, percent: bool = False) -> tuple[Tick, ...]:
        """Powers of ten, or even steps."""
        values = self._powers() if self.log else self._even()
        return tuple(
            Tick(self.at(value), f"{100 * value:g} %" if percent else f"{value:,.6g}") for value in values
        )

    def _scaled(self, value: float) -> float:
        return log10(max(value, self.low)) if self.log else value

    def _powers(self) -> list[float]:
        first, last = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]

    def _even(self) -> list[float]:
        step = (self.high - self.low) / _STEPS
        return [self.low + step * at for at in range(_STEPS + 1)]


def line(places: Iterable[tuple[float, float]], series: int = 0, *, thin: bool = False) -> Line:
    """A polyline through places."""
    return Line(" ".join(f"{x:.1f},{y:.1f}" for x, y in places), series, thin)
