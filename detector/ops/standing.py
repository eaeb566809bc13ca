"""How far a running installation is, read from its store and, if asked for, from the brokers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detector.store.intake import IntakeCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.store.findings import Leadership, StoredAlert
    from detector.store.intake import PartitionStatus
    from detector.store.interface import ReadStore

_ALERTS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """One look."""

    time: int
    """ms of the wall clock"""
    partitions: Sequence[PartitionStatus]
    lead: Leadership
    letters: Mapping[str, int]
    """dead letters that are kept, by reason"""
    alerts: Sequence[StoredAlert]
    """the latest few revisions, newest first"""
    ends: Mapping[str, int] = field(default_factory=dict)
    """where partitions end; empty if nobody asked the brokers"""

    @property
    def counts(self) -> IntakeCounts:
        """What became of all records so far."""
        return IntakeCounts.total(one.counts for one in self.partitions)

    @property
    def lag(self) -> int | None:
        """Records that are not stored yet; None if nobody asked the brokers."""
        if not self.ends:
            return None
        return sum(self.lag_of(one) or 0 for one in self.partitions)

    def lag_of(self, one: PartitionStatus) -> int | None:
        """Of one partition; None if nobody knows."""
        end = self.ends.get(one.origin)
        return None if end is None else max(0, end - (one.position or 0))

    def rates(self, before: Standing) -> dict[str, float]:
        """Records a second of each partition since `before`; none of one that was not there."""
        seconds = (self.time - before.time) / 1000
        then = {one.origin: one.counts.read for one in before.partitions}
        return {
            one.origin: (one.counts.read - then[one.origin]) / seconds
            for one in self.partitions
            if one.origin in then and seconds > 0
        }


def look(store: ReadStore, now: int, ends: Mapping[str, int]) -> Standing:
    """Look once; raises `StoreError`."""
    lead = store.leadership()
    alerts = store.alerts(max(0, lead.alerts - _ALERTS), _ALERTS)
    return Standing(now, store.partitions(), lead, store.letter_counts(), alerts[::-1], ends)
