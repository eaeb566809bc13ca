"""The seam to a log of partitions that several workers share, such as Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought; to be handled in the order of the fields."""

    revoked: Collection[str] = ()
    """origins that are another worker's from now on; one that is also in `assigned` was lost and came back"""
    assigned: Collection[str] = ()
    """origins that are ours from now on; none gives records before `seek` said where to begin"""
    blocks: Sequence[Block] = ()
    """records of origins that are ours, at most one block an origin, none of them empty"""

    def __bool__(self) -> bool:
        return bool(self.revoked or self.assigned or self.blocks)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading of one origin came."""

    position: int | None
    """offset of the next record to be read; None before the first `seek` took effect"""
    lag: int | None
    """records between `position` and the end; None if `position` is"""


class PartitionedSource(Protocol):
    """A worker's share of a log's partitions; an origin is `topic/partition`.

    One thread makes it and calls everything but `stop`. What it reads is named when it is made: topics, all
    of which must exist, or a regular expression that a topic's whole name matches, now or later. Each call
    raises `SourceError` when the source cannot go on. Where an origin goes on is the caller's to know and to
    say; what the log itself remembers (`commit`) is for monitoring.
    """

    def poll(self, timeout: float) -> Polled:
        """Whatever there is, waiting at most `timeout` seconds for it; nothing after `stop`.

        Has to be called often, also while everything is paused: whoever does not poll is taken for dead.
        """
        ...

    def seek(self, origin: str, position: int | None) -> None:
        """Read `origin` from `position` on, or from where settings say for None, if it is ours."""
        ...

    def pause(self, origins: Iterable[str]) -> None:
        """Hold the records of `origins` back until `resume`; those that are not ours are ignored."""
        ...

    def resume(self, origins: Iterable[str]) -> None:
        """Let the records of `origins` come again."""
        ...

    def commit(self, offsets: Mapping[str, int]) -> None:
        """Tell the log, per origin, the next offset to process, without waiting; for monitoring only."""
        ...

    def progress(self) -> dict[str, Progress]:
        """How far each origin of ours is from its end; asks the brokers. Empty if they do not answer."""
        ...

    def origins(self) -> set[str]:
        """All partitions of what is read, ours or not; asks the brokers, raises `SourceError` if it must."""
        ...

    def stop(self) -> None:
        """Let `poll` return nothing from now on; any thread and a signal handler may call it."""
        ...

    def close(self) -> None:
        """Give the origins back and disconnect, once what was committed is sent."""
        ...
