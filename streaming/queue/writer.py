"""Records into the queue: durable together, by one thread that flushes for all who wait (group commit)."""

from __future__ import annotations

import errno
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Self

import xxhash

from streaming.group_commit import Full, GroupCommit
from streaming.queue.directory import LockedError, QueueError, locked, make_directory
from streaming.queue.ends import Ends
from streaming.queue.partition import PartitionWriter
from streaming.queue.retention import forget
from streaming.queue.settings import QueueSettings
from streaming.sink import SinkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_TIDY_MS: Final = 10_000

Divided = dict[int, list[bytes]]
"""records by partition"""


class QueueWriter:
    """The one writer of a queue; any thread may append."""

    def __init__(
        self, path: Path, settings: QueueSettings | None = None, *, now: Callable[[], int] = lambda: 0
    ) -> None:
        """Open the queue in `path`, made if need be; `now` gives ms since the epoch.

        Raises `SinkError` if it cannot be written, because another process does above all.
        """
        self._settings = settings or QueueSettings()
        self._now = now
        self._failure: SinkError | None = None
        with ExitStack() as stack:
            try:
                self._open(path, stack)
                self._total = self._forget()
            except LockedError as held:
                raise SinkError(
                    f"queue {path} is written by process {held.holder}: stop that, or give this one another "
                    "directory"
                ) from held
            except QueueError as error:
                raise SinkError(f"queue {error}") from error
            except (OSError, ValueError) as error:
                raise SinkError(f"queue {path}: cannot be opened ({error}); check its files") from error
            sizes = {"pending": self._settings.pending_bytes, "together": self._settings.group_bytes}
            self._commit = GroupCommit("stillwatch-queue", self._store, self._keep_up, **sizes)
            stack.callback(self._commit.close)
            self._parts = stack.pop_all()

    @property
    def largest(self) -> int | None:
        """Records of any size are taken."""
        return None

    @property
    def partitions(self) -> int:
        """How many the queue was made with."""
        return self._queue.partitions

    def append(self, keyed: Sequence[tuple[str, bytes]]) -> Future[None]:
        """Take records by key; done once they are durable, or failed with a `SinkError` if they are not.

        A key keeps its order. All of one call's records of a partition become durable or none. Raises `Full`
        at once where there is no room, and `SinkError` after a failure that only a new start mends.
        """
        if self._failure is not None:
            raise self._failure
        if self._total >= self._settings.max_bytes and not self._settings.drop_unread:
            raise Full(
                f"the queue has reached its limit of {self._settings.max_bytes} bytes: see that "
                "`stillwatch run --queue` reads it, or raise the limit"
            )
        return self._commit.submit(self._divided(keyed), sum(len(record) for _, record in keyed))

    def close(self) -> None:
        """Finish what was taken, and let another write."""
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, path: Path, stack: ExitStack) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.enter_context(locked(path / "lock"))
        self._queue = make_directory(path, self._settings.partitions)
        self._ends = Ends(self._queue.ends, self._queue.partitions, writable=True)
        stack.callback(self._ends.close)
        self._partitions: list[PartitionWriter] = []
        for number in range(self._queue.partitions):
            partition = PartitionWriter(self._queue.partition(number), self._settings.segment_bytes)
            stack.callback(partition.close)
            self._partitions.append(partition)
            self._ends[number] = partition.end

    def _divided(self, keyed: Sequence[tuple[str, bytes]]) -> Divided:
        count = self._queue.partitions
        if count == 1:
            return {0: [record for _, record in keyed]}
        divided: Divided = {}
        for key, record in keyed:
            divided.setdefault(xxhash.xxh3_64_intdigest(key.encode()) % count, []).append(record)
        return divided

    def _store(self, taken: Sequence[Divided]) -> None:
        """Runs on the committing thread alone, as do the methods below."""
        if self._failure is not None:
            raise self._failure
        merged: Divided = {}
        for divided in taken:
            for number, records in divided.items():
                merged.setdefault(number, []).extend(records)
        try:
            for number, records in merged.items():
                if records:
                    self._partitions[number].append(records, self._now())
        except OSError as error:
            raise _unwritten(error) from error
        finally:
            # Also after a failure: what other partitions took is there, under offsets that are given.
            self._flush(merged)

    def _flush(self, numbers: Iterable[int]) -> None:
        try:
            for number in numbers:
                self._partitions[number].sync()
        except OSError as error:
            self._failure = SinkError(
                f"the queue's disk failed ({error.strerror}), and what is on it is not known: check it, then "
                "start again"
            )
            raise self._failure from error
        for number in numbers:
            self._ends[number] = self._partitions[number].end
        self._total = sum(partition.size for partition in self._partitions)

    def _keep_up(self) -> None:
        full = self._total >= self._settings.max_bytes
        if not full and self._now() - self._tidied < _TIDY_MS:
            return
        try:
            self._total = self._forget()
        except OSError as error:
            self._failure = SinkError(
                f"the queue cannot be tidied ({error.strerror}): check its disk, then start again"
            )

    def _forget(self) -> int:
        self._tidied = self._now()
        return forget(self._queue, self._partitions, self._settings, self._tidied)


def _unwritten(error: OSError) -> SinkError:
    if error.errno in _NO_ROOM:
        return Full(f"the queue's disk is full ({error.strerror}): make room")
    return SinkError(f"the queue cannot be written ({error.strerror}): check its disk and permissions")
