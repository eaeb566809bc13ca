"""Which segments may be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.queue.groups import needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streaming.queue.directory import QueueDirectory
    from streaming.queue.partition import PartitionWriter
    from streaming.queue.segment import Segment
    from streaming.queue.settings import QueueSettings


def forget(
    queue: QueueDirectory, partitions: Sequence[PartitionWriter], settings: QueueSettings, now: int
) -> int:
    """Delete what settings let go at `now` (ms), the oldest first; the bytes that are left."""
    wanted = needed(queue)
    total = sum(partition.size for partition in partitions)
    for number, segment, end in sorted(_closed(partitions), key=lambda found: _written(found[1])):
        size = segment.path.stat().st_size
        read = end <= wanted[number]
        surplus = total > settings.keep_bytes or now - _written(segment) > settings.keep_seconds * 1000
        if (read and surplus) or (settings.drop_unread and total > settings.max_bytes):
            partitions[number].forget(segment)
            total -= size
    return total


def _closed(partitions: Sequence[PartitionWriter]) -> Iterator[tuple[int, Segment, int]]:
    for number, partition in enumerate(partitions):
        for segment, end in partition.closed():
            yield number, segment, end


def _written(segment: Segment) -> int:
    return segment.path.stat().st_mtime_ns // 1_000_000
