"""Noticing a partition that is not read although there is something to read.

Consumer clients have got stuck on single partitions while everything else looked well; for kafka-python see
issues 2605, 3106, 3131 and 3138 of dpkp/kafka-python, most of them after rebalances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.partitions import Progress


@dataclass(frozen=True, slots=True)
class Stuck:
    """What did not move."""

    origin: str | None
    """the partition; None: polling itself"""
    seconds: float
    """for how long, without the time in which it was paused"""
    lag: int | None
    """records that wait; None for polling itself"""

    def __str__(self) -> str:
        if self.origin is None:
            return f"reading has not polled for {self.seconds:.0f} s"
        return f"{self.origin} has not moved for {self.seconds:.0f} s although {self.lag} records wait"


class Watchdog:
    """Compares positions over time that the caller counts, in seconds in which records could flow."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._moved: dict[str, tuple[int | None, float]] = {}

    def observe(self, progress: Mapping[str, Progress], flowed: float) -> Stuck | None:
        """What has been stuck for longest, if for longer than the patience; `flowed` never decreases.

        Origins that are not in `progress`, as when brokers do not answer, begin anew.
        """
        self._moved = {origin: self._since(origin, now, flowed) for origin, now in progress.items()}
        late = [
            Stuck(origin, flowed - since, progress[origin].lag)
            for origin, (_, since) in self._moved.items()
            if flowed - since >= self._patience
        ]
        return max(late, key=lambda stuck: stuck.seconds, default=None)

    def _since(self, origin: str, now: Progress, flowed: float) -> tuple[int | None, float]:
        position, since = self._moved.get(origin, (None, flowed))
        if not now.lag or now.position != position:
            return now.position, flowed
        return position, since
