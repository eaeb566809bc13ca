"""Writing one partition."""

from __future__ import annotations

import logging
import os
from itertools import pairwise
from typing import TYPE_CHECKING

from streaming.queue.batch import encode_batch
from streaming.queue.directory import QueueError, sync_folder
from streaming.queue.segment import Segment, batch_beyond, intact_batches, segment_path, segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)


class PartitionWriter:
    """Appends batches to the last segment of a folder, and begins the next. Used by one thread.

    At most one batch is not durable at any time: `append`, then `sync`. So whatever a crash leaves behind
    the last intact batch is the rest of one that nobody was promised.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        """Open, and cut a torn tail off; raises `QueueError` where more than that is damaged, `OSError`."""
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._sizes = {segment: segment.path.stat().st_size for segment in segments(folder)}
        if not self._sizes:
            self._begin(0)
            return
        self._last = max(self._sizes)
        self._file = os.open(self._last.path, os.O_RDWR)
        self._recover()

    @property
    def size(self) -> int:
        """Bytes of all segments."""
        return sum(self._sizes.values())

    def closed(self) -> list[tuple[Segment, int]]:
        """All segments but the last, oldest first, each with the offset after its last record."""
        known = sorted(self._sizes)
        return [(segment, after.first) for segment, after in pairwise(known)]

    def append(self, records: Sequence[bytes], time: int) -> None:
        """Write a batch; raises `OSError`, and then nothing of it is left."""
        size = self._sizes[self._last]
        if size >= self._segment_bytes:
            full = self._file
            self._begin(self.end)
            os.close(full)
            size = 0
        batch = memoryview(encode_batch(self.end, time, records))
        written = 0
        try:
            while written < len(batch):
                written += os.pwrite(self._file, batch[written:], size + written)
        except OSError:
            os.ftruncate(self._file, size)
            raise
        self._sizes[self._last] = size + len(batch)
        self.end += len(records)

    def sync(self) -> None:
        """Make durable what was appended; after an `OSError` nobody knows what is on the disk."""
        os.fdatasync(self._file)

    def forget(self, segment: Segment) -> None:
        """Delete a segment that is not the last; whoever reads it may read on."""
        segment.path.unlink(missing_ok=True)
        del self._sizes[segment]

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _begin(self, first: int) -> None:
        segment = Segment(first, segment_path(self._folder, first))
        file = os.open(segment.path, os.O_RDWR | os.O_CREAT, 0o600)
        sync_folder(self._folder)
        self._file, self._last, self._sizes[segment] = file, segment, 0
        self.end = first
        """the offset of the next record"""

    def _recover(self) -> None:
        size, self.end = 0, self._last.first
        for start, header in intact_batches(self._file):
            size, self.end = start + header.total, header.end
        torn = self._sizes[self._last] - size
        if torn:
            if (beyond := batch_beyond(self._file, size)) is not None:
                self.close()
                raise QueueError(
                    f"{self._last.path}: damaged from byte {size} on, and whole again from byte {beyond} on: "
                    "restore the file from a backup, or cut it off at the first and lose what follows"
                )
            logger.warning("cut %d bytes of an unfinished batch off %s", torn, str(self._last.path))
            os.ftruncate(self._file, size)
        self._sizes[self._last] = size
        # What was written and not flushed when the last writer ended is about to be shown to readers.
        os.fsync(self._file)
