"""What to run for so many requests a day, from figures that were measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

DAY: Final = 86_400
WINDOW: Final = 14
"""Days that linking looks back."""

PEAK: Final = 2.0
"""Requests of the busiest hours over the mean: an assumption."""
BUSY: Final = 0.7
"""Share of a core that is planned for in those hours: an assumption."""
PER_ACCOUNT: Final = 20
"""Requests a day of an account that is active: an assumption."""

SIZES: Final = (1_000_000, 10_000_000, 100_000_000, 300_000_000, 1_000_000_000, 3_000_000_000)
"""Requests a day."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """CPU seconds and state of a replay, as docs/scale.md has them."""

    events: int = 9_079_542
    cpu: float = 2_363.0
    folding: float = 184.0
    deciding: float = 1_640.0
    linking: float = 1_103.0
    """of deciding"""
    settling: float = 19.0
    account_bytes: float = 8_702.0
    """of the process at most, for each account of the last fortnight"""
    frame_bytes: float = 182.0
    """of an event on its way from a worker to the leader, compressed (docs/design.md)"""

    @property
    def event(self) -> float:
        """CPU seconds of an event in one process that does everything."""
        return self.cpu / self.events

    @property
    def leading(self) -> float:
        """CPU seconds of an event in the one process that folds, scores and links."""
        return (self.folding + self.deciding) / self.events

    @property
    def working(self) -> float:
        """CPU seconds of an event in workers: read, decode, sketch."""
        return (self.cpu - self.folding - self.deciding - self.settling) / self.events


@dataclass(frozen=True, slots=True)
class Cost:
    """A start, and so much for each event and each account: as benchmarks/spark_cost.py fits it."""

    start: float
    event: float
    account: float
    worst_miss: float

    def of(self, events: float, accounts: float) -> float:
        """Of a log of so many."""
        return self.start + self.event * events + self.account * accounts


@dataclass(frozen=True, slots=True)
class SparkCost:
    """Of `stillwatch spark link`: CPU seconds of its two parts, and bytes shuffled."""

    sketch: Cost
    link: Cost
    shuffled: Cost

    @classmethod
    def of(cls, results: dict[str, Any]) -> SparkCost:
        """From the results of the benchmark."""
        model = results["model"]
        parts = ("sketch_cpu_seconds", "link_cpu_seconds", "link_shuffled")
        sketch, link, shuffled = (Cost(**model[part]) for part in parts)
        # What small logs take to start hides what an event takes.
        passes = sum(results["passes"].values()) / 1e6
        return cls(sketch, replace(link, event=max(link.event, passes)), shuffled)


@dataclass(frozen=True, slots=True)
class Size:
    """What to run."""

    requests: int
    """a day"""
    installations: int
    """each with one leader"""
    workers: bool
    """whether workers are processes of their own, over PostgreSQL"""
    cores: float
    """of all processes in the busiest hours"""
    memory: float
    """of all leaders, bytes"""
    frames: float
    """bytes a day from workers to leaders"""
    link_hours: float
    """core hours of linking a fortnight once on Spark"""
    link_shuffled: float
    """bytes that this shuffles"""


def most(seconds: float) -> float:
    """Requests a day that one core takes at so many CPU seconds each."""
    return DAY * BUSY / PEAK / seconds


def size(requests: int, replayed: Replayed, spark: SparkCost) -> Size:
    """What to run for so many requests a day: one process, workers with a leader, or several of these."""
    accounts = requests / PER_ACCOUNT
    workers = requests > most(replayed.event)
    events = requests * WINDOW
    return Size(
        requests=requests,
        installations=math.ceil(requests / most(replayed.leading)) if workers else 1,
        workers=workers,
        cores=requests / most(replayed.event),
        memory=accounts * replayed.account_bytes,
        frames=requests * replayed.frame_bytes,
        link_hours=(spark.sketch.of(events, accounts) + spark.link.of(events, accounts)) / 3600,
        link_shuffled=spark.shuffled.of(events, accounts),
    )
