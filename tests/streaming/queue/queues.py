"""What tests of the queue share: reading all of it, and finding its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.queue.source import QueueSource
from tests.support.topics import Reader

if TYPE_CHECKING:
    from pathlib import Path


def everything(path: Path, group: str = "tests") -> dict[str, list[bytes]]:
    """All records of a queue, by the number of their partition."""
    source = QueueSource(path, group)
    reading = Reader(source.poll, source.seek)
    reading.turn()
    while any(now.lag for now in source.progress().values()):
        reading.turn(0)
    source.close()
    for origin, positions in reading.positions.items():
        assert positions == list(range(positions[0], positions[0] + len(positions))), origin
    return {origin.rpartition("/")[2]: records for origin, records in reading.records.items()}


def segment_files(path: Path, partition: int = 0) -> list[Path]:
    """The files of a partition, oldest first."""
    return sorted((path / str(partition)).glob("*.log"))
