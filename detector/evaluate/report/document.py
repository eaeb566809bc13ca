"""What the report consists of, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.evaluate.report.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; the caption says of what world, and that it is synthetic."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot. Every one has a table with the same figures near it, which text formats show instead."""

    caption: str
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Section:
    """A title, what is said under it, and its figures and tables in order."""

    title: str
    said: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    parts: tuple[Table | Figure, ...] = ()
    level: int = 2
    brief: bool = False
    """whether the short page holds it, too"""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone."""
        return tuple(part for part in self.parts if isinstance(part, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The plots alone."""
        return tuple(part for part in self.parts if isinstance(part, Figure))
