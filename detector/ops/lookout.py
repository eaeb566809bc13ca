"""Looks at the ends of partitions without taking part in the reading of them.

The partitions come by a consumer group of its own, which commits nothing and goes with its only member. So
both client libraries can be used, and a worker never notices. Brokers with access lists must allow groups
whose names begin with that of the workers' group.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.open_partitions import open_partitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from detector.stream.clock import Clock
    from streaming.kafka_settings import KafkaSettings
    from streaming.partitions import PartitionedSource, Polled
    from streaming.source import Block

UNREACHABLE_SECONDS: Final = 10.0
JOIN_SECONDS: Final = 20.0
"""Brokers let a new group wait some seconds for more members."""
READ_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.2


def looking(settings: KafkaSettings, token: str) -> KafkaSettings:
    """Settings under which to look: less patient, and in a group that `token` makes one of its own."""
    return replace(
        settings,
        group=f"{settings.group}.look-{token}",
        auto_offset_reset="earliest",
        unreachable_seconds=min(settings.unreachable_seconds, UNREACHABLE_SECONDS),
    )


class Lookout:
    """Used by one thread; each call raises `SourceError`."""

    def __init__(self, source: PartitionedSource, clock: Clock) -> None:
        """`source` is opened with settings of `looking`."""
        self._source = source
        self._clock = clock
        self._origins: set[str] = set()

    def ends(self) -> dict[str, int]:
        """Where each partition ends; empty if there is none, or if brokers do not answer."""
        self._heed(self._source.poll(0))
        deadline = self._clock.monotonic() + JOIN_SECONDS
        while not self._origins and self._clock.monotonic() < deadline:
            self._heed(self._source.poll(_POLL_SECONDS))
        return {
            origin: now.position + now.lag
            for origin, now in self._source.progress().items()
            if now.position is not None and now.lag is not None
        }

    def sample(self, ends: dict[str, int], records: int) -> list[Block]:
        """About the last `records` of each partition, fewer where there are fewer, or where time is up."""
        reached = {origin: max(0, end - records) for origin, end in ends.items()}
        for origin, position in reached.items():
            self._source.seek(origin, position)
        self._source.resume(ends)
        blocks: list[Block] = []
        deadline = self._clock.monotonic() + READ_SECONDS
        while any(reached[origin] < end for origin, end in ends.items()):
            if self._clock.monotonic() > deadline:
                break
            found = [block for block in self._source.poll(_POLL_SECONDS).blocks if block.origin in ends]
            blocks += found
            self._move(reached, found)
        self._source.pause(ends)
        return blocks

    def _heed(self, polled: Polled) -> None:
        """Partitions that come are held, at their beginning: what is asked of them are their ends."""
        self._origins = (self._origins - set(polled.revoked)) | set(polled.assigned)
        self._source.pause(polled.assigned)
        for origin in polled.assigned:
            self._source.seek(origin, 0)

    def _move(self, reached: dict[str, int], found: Sequence[Block]) -> None:
        for block in found:
            reached[block.origin] = block.positions[-1] + 1
        if not found:
            # The last offsets of a partition may be marks of transactions, which never come.
            for origin, now in self._source.progress().items():
                if now.lag == 0 and now.position is not None and origin in reached:
                    reached[origin] = now.position


@contextmanager
def lookout(settings: KafkaSettings, environ: Mapping[str, str], clock: Clock) -> Iterator[Lookout]:
    """Opened with settings of `looking`; raises `SourceError`."""
    source = open_partitions(settings, environ)
    try:
        yield Lookout(source, clock)
    finally:
        source.close()
