"""Looks into an embedded queue: is it there, how much does it hold, what are its last records like.

Files are read as they lie. Reading as a group would leave a position behind, for whose sake records are kept.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from rich.filesize import decimal

from detector.ops.checking import failure, ok, warning
from streaming.queue.cursor import Cursor
from streaming.queue.directory import QueueError, open_directory
from streaming.queue.ends import Ends
from streaming.queue.segment import segments
from streaming.queue.settings import QueueSettings
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from detector.ops.checking import Check
    from streaming.queue.directory import QueueDirectory

_NEARLY: Final = 0.8
"""Share of the bytes that a queue may hold, from which the ingest will soon refuse."""


def queue_check(path: Path) -> Check:
    """Whether there is a queue that this version reads, and room in it."""
    try:
        queue = open_directory(path)
        held = sum(_size(queue, number) for number in _numbers(queue))
    except (QueueError, OSError) as error:
        return failure("queue", error)
    most = QueueSettings().max_bytes
    said = f"{path}: {queue.partitions} partitions, {decimal(held)}"
    if held > _NEARLY * most:
        remedy = "see that it is read; delete the files in readers/ of a group that will not come back"
        return warning("queue", f"{said}, and the ingest refuses from {decimal(most)} on", remedy)
    return ok("queue", said)


def queue_look(path: Path, records: int) -> tuple[dict[str, int], list[Block]]:
    """Where each partition ends, and about its last `records`. Raises `SourceError`."""
    try:
        queue = open_directory(path)
        with closing(Ends(queue.ends, queue.partitions, writable=False)) as words:
            ends = {number: words[number] for number in _numbers(queue)}
    except (QueueError, OSError, ValueError) as error:
        raise SourceError(f"queue {error}") from error
    blocks = [block for number, end in ends.items() for block in _last(queue, number, end, records)]
    return {queue.origin(number): end for number, end in ends.items()}, blocks


def _last(queue: QueueDirectory, number: int, end: int, records: int) -> list[Block]:
    found: list[Block] = []
    if end == 0:
        return found
    with closing(Cursor(queue.partition(number), max(0, end - records))) as cursor:
        while cursor.position < end:
            start = cursor.position
            if taken := cursor.read(end, records):
                places = list(range(start, start + len(taken)))
                found.append(Block(taken, queue.origin(number), places))
            elif cursor.position == start:
                break
    return found


def _size(queue: QueueDirectory, number: int) -> int:
    return sum(one.path.stat().st_size for one in segments(queue.partition(number)))


def _numbers(queue: QueueDirectory) -> range:
    return range(queue.partitions)
