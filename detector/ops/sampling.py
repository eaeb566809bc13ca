"""What a sample of a stream is like: readable or not, which fields, from when, keyed by what."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detector.telemetry.presence import FIELDS, Logged, fields_logged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from features.adapters import Adapter
    from features.batch import Decoded
    from streaming.source import Block


@dataclass(slots=True)
class Sample:
    """Sums over some blocks."""

    records: int = 0
    events: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """dead letters by reason"""
    details: dict[str, str] = field(default_factory=dict)
    """one detail of each reason; quotes no content"""
    fields: dict[str, Logged] = field(default_factory=lambda: dict.fromkeys(FIELDS, Logged(0, 0)))
    homes: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """origins of each topic and account"""
    spans: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """by origin: events, and the times of the first and the last, ms"""

    @property
    def scattered(self) -> list[tuple[str, set[str]]]:
        """Accounts in several partitions of one topic, those of the most first."""
        found = [(account, homes) for (_, account), homes in self.homes.items() if len(homes) > 1]
        return sorted(found, key=lambda one: (-len(one[1]), one[0]))

    @property
    def newest(self) -> int | None:
        """Time of the last event, ms."""
        return max((last for _, _, last in self.spans.values()), default=None)

    def rate(self, origin: str) -> float | None:
        """Events of a partition in a second of event time; None if that cannot be told."""
        events, first, last = self.spans.get(origin, (0, 0, 0))
        return 1000 * events / (last - first) if last > first else None

    def add(self, block: Block, decoded: Decoded) -> None:
        """Count a block that was decoded."""
        self.records += decoded.lines
        for one in decoded.rejected:
            self.reasons[one.reason] += 1
            self.details.setdefault(one.reason, one.detail)
        for name, logged in fields_logged(decoded).items():
            before = self.fields[name]
            self.fields[name] = Logged(before.yes + logged.yes, before.no + logged.no)
        topic = block.origin.rpartition("/")[0]
        for account in decoded.batch.accounts:
            self.homes[topic, account].add(block.origin)
        self._count(block.origin, decoded)

    def _count(self, origin: str, decoded: Decoded) -> None:
        times = decoded.batch.rows["time"]
        if len(times) == 0:
            return
        first, last = int(times.min()), int(times.max())
        events, earliest, latest = self.spans.get(origin, (0, first, last))
        self.events += len(times)
        self.spans[origin] = (events + len(times), min(earliest, first), max(latest, last))


def sampled(blocks: Iterable[Block], adapter: Adapter, latest: datetime) -> Sample:
    """What `blocks` are like; an event that starts after `latest` is from the future."""
    sample = Sample()
    for block in blocks:
        sample.add(block, adapter.decode(block.records, latest))
    return sample
