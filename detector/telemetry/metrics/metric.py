"""What a metric is: a name, what it counts, and when to worry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]

OTHER: Final = "other"
"""What a label says in place of a value that it may not show."""

_NAME: Final = re.compile(r"[A-Za-z0-9._:/@+-]{1,300}")


@dataclass(frozen=True, slots=True)
class Label:
    """A dimension of a metric. Its values are known in advance, or names that the operator chose."""

    name: str
    values: tuple[str, ...] = ()
    """all that it may say; empty: names of topics, sinks, tables or models"""

    def shown(self, value: str) -> str:
        """`value` where the label may say so, else `OTHER`: no text of an event can become a label."""
        known = value in self.values if self.values else bool(_NAME.fullmatch(value))
        return value if known else OTHER


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of docs/metrics.md and one family of the exposition."""

    name: str
    """as exposed; a counter ends in `_total`, a time in `_seconds`"""
    kind: Kind
    unit: str
    help: str
    worry: str
    """when to worry; empty: it is there to understand the others"""
    labels: tuple[Label, ...] = ()
    buckets: tuple[float, ...] = ()
    """upper bounds of a histogram, ascending"""

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which Prometheus stores it."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "count", "sum"))
        return (self.name,)
