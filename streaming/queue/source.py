"""The embedded queue as a worker reads it: all partitions are one reader's, from its first poll on."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from streaming.partitions import Polled, Progress
from streaming.queue.cursor import Cursor
from streaming.queue.directory import LockedError, QueueError, locked, open_directory
from streaming.queue.ends import Ends
from streaming.queue.groups import tell_positions, told_positions
from streaming.queue.segment import last_end, segments
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

logger = logging.getLogger(__name__)

MAX_RECORDS: Final = 5000
_LOOK_SECONDS: Final = 0.01
"""How often an empty queue is looked at."""

_POLL_BYTES: Final = 8 * 1024 * 1024


class QueueSource:
    """A `PartitionedSource` of a queue; `group` names the reader to whoever forgets what is read."""

    def __init__(self, path: Path, group: str = "stillwatch", *, max_records: int = MAX_RECORDS) -> None:
        """Open; raises `SourceError` if there is no queue, or another process reads it as this group."""
        self._stop = threading.Event()
        self._max_records = max_records
        self._group = group
        self._told = False
        self._cursors: dict[str, Cursor] = {}
        self._held: set[str] = set()
        with ExitStack() as stack:
            try:
                self._open(path, stack)
            except LockedError as held:
                raise SourceError(
                    f"queue {path} is read by process {held.holder} as group {group}: stop that, or name "
                    "another group to read all of it once more"
                ) from held
            except QueueError as error:
                raise SourceError(f"queue {error}") from error
            except (OSError, ValueError) as error:
                raise SourceError(f"queue {path}: cannot be opened ({error}); check its files") from error
            self._parts = stack.pop_all()
        self._numbers = {self._queue.origin(number): number for number in range(self._queue.partitions)}
        self._committed = told_positions(self._queue, group)

    def poll(self, timeout: float) -> Polled:
        """As `PartitionedSource.poll`."""
        if self._stop.is_set():
            return Polled()
        if not self._told:
            self._told = True
            return Polled(assigned=frozenset(self._numbers))
        deadline = time.monotonic() + timeout
        while not (blocks := self._blocks()):
            left = deadline - time.monotonic()
            if left <= 0 or self._stop.wait(min(left, _LOOK_SECONDS)):
                break
        return Polled(blocks=blocks)

    def seek(self, origin: str, position: int | None) -> None:
        """As `PartitionedSource.seek`; without a position, or with one that is not there, from the oldest."""
        number = self._numbers.get(origin)
        if number is None:
            return
        if position is not None and position > self._ends[number] and self._is_beyond(number, position):
            logger.warning("%s ends before the stored position; reading it from the oldest record", origin)
            position = None
        if (old := self._cursors.pop(origin, None)) is not None:
            old.close()
        self._cursors[origin] = Cursor(self._queue.partition(number), self._oldest(number, position))

    def pause(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.pause`."""
        self._held |= self._numbers.keys() & set(origins)

    def resume(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.resume`."""
        self._held -= set(origins)

    def commit(self, offsets: Mapping[str, int]) -> None:
        """As `PartitionedSource.commit`; lets go what is behind the offsets, see `QueueSettings`."""
        ours = {self._numbers[origin]: at for origin, at in offsets.items() if origin in self._numbers}
        self._committed.update(ours)
        try:
            tell_positions(self._queue, self._group, self._committed)
        except OSError as error:
            logger.warning("the position in the queue could not be told, so more is kept: %s", error)

    def progress(self) -> dict[str, Progress]:
        """As `PartitionedSource.progress`."""
        return {origin: self._progress(origin, number) for origin, number in self._numbers.items()}

    def origins(self) -> set[str]:
        """As `PartitionedSource.origins`."""
        return set(self._numbers)

    def stop(self) -> None:
        """As `PartitionedSource.stop`."""
        self._stop.set()

    def close(self) -> None:
        """As `PartitionedSource.close`."""
        self._stop.set()
        for cursor in self._cursors.values():
            cursor.close()
        self._cursors.clear()
        self._parts.close()

    def _open(self, path: Path, stack: ExitStack) -> None:
        self._queue = open_directory(path)
        stack.enter_context(locked(self._queue.reader(self._group, "lock")))
        self._ends = Ends(self._queue.ends, self._queue.partitions, writable=False)
        stack.callback(self._ends.close)

    def _is_beyond(self, number: int, position: int) -> bool:
        """Whether a partition has no such record; its end may be told too low until its writer is back."""
        folder = self._queue.partition(number)
        try:
            return position > last_end(folder)
        except OSError as error:
            raise SourceError(f"{folder}: cannot be read ({error.strerror}); check permissions") from error

    def _oldest(self, number: int, position: int | None) -> int:
        if position is not None:
            return position
        return next((segment.first for segment in segments(self._queue.partition(number))), 0)

    def _blocks(self) -> list[Block]:
        blocks: list[Block] = []
        room, size = self._max_records, _POLL_BYTES
        for origin in self._turns():
            if room > 0 and size > 0 and (block := self._block(origin, room)) is not None:
                blocks.append(block)
                room -= len(block.records)
                size -= block.bytes_read
        return blocks

    def _turns(self) -> list[str]:
        """Origins that may be read; who came first last time comes last."""
        for origin in list(self._cursors)[:1]:
            self._cursors[origin] = self._cursors.pop(origin)
        return [origin for origin in self._cursors if origin not in self._held]

    def _block(self, origin: str, room: int) -> Block | None:
        cursor, end = self._cursors[origin], self._ends[self._numbers[origin]]
        records: list[bytes] = []
        positions: list[int] = []
        size = 0
        while cursor.position < end and len(records) < room and size < _POLL_BYTES:
            found = cursor.read(end, room - len(records))
            size += sum(map(len, found))
            for position, record in enumerate(found, cursor.position - len(found)):
                if record and not record.isspace():
                    records.append(record)
                    positions.append(position)
        return Block(records, origin, positions, size) if records else None

    def _progress(self, origin: str, number: int) -> Progress:
        cursor = self._cursors.get(origin)
        if cursor is None:
            return Progress(None, None)
        return Progress(cursor.position, max(0, self._ends[number] - cursor.position))
