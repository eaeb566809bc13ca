"""Sizes and times of the embedded queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MIB: Final = 1024 * 1024
_GIB: Final = 1024 * _MIB


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What an operator chooses. Sizes are bytes on the disk, compressed, unless said."""

    partitions: int = 1
    """counts when the queue is made; a queue has one reader, so more are of use only to a move to Kafka"""
    segment_bytes: int = 64 * _MIB
    """a file that is this long is followed by the next"""
    keep_bytes: int = _GIB
    """records that every group of readers has behind it are kept up to this size in all"""
    keep_seconds: float = 86_400.0
    """and for this long"""
    max_bytes: int = 16 * _GIB
    """no more is taken in beyond this size in all"""
    drop_unread: bool = False
    """instead of taking no more in, forget the oldest records though nobody has read them"""
    pending_bytes: int = 64 * _MIB
    """of uncompressed records that may wait to be written"""
    group_bytes: int = 8 * _MIB
    """of uncompressed records that become durable together; one call's records are never divided"""

    def __post_init__(self) -> None:
        for name in ("partitions", "segment_bytes", "max_bytes", "pending_bytes", "group_bytes"):
            if getattr(self, name) < 1:
                raise ValueError(f"queue {name} is below 1; give at least 1")
        least = self.partitions + 1
        if self.max_bytes < least * self.segment_bytes:
            raise ValueError(
                f"queue max_bytes {self.max_bytes} is below {least} segments of {self.segment_bytes}: the "
                "last one of each partition is never forgotten; raise it, or lower segment_bytes"
            )
