"""Reading one partition from a position on."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from streaming.queue.batch import decode_records
from streaming.queue.segment import Segment, read_batch, read_header, segment_path, segments
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)


class Cursor:
    """Where reading of a partition stands; holds one file open, and one batch. Used by one thread."""

    def __init__(self, folder: Path, position: int) -> None:
        """Begin at `position`, or at the first record after it that is still there.

        Raises `SourceError` where the partition cannot be read.
        """
        self._folder = folder
        self._batch: list[bytes] = []
        self._batch_end = position
        self._file = -1
        self.position = position
        """offset of the next record"""
        self._locate()

    def read(self, end: int, count: int) -> list[bytes]:
        """Up to `count` of the records before the offset `end`, at most one batch; `position` moves on.

        None come if `position` had to move first, over records that were forgotten.
        """
        if self.position >= end:
            return []
        if self.position >= self._batch_end and not self._next_batch():
            return []
        start = len(self._batch) - (self._batch_end - self.position)
        records = self._batch[start : start + count]
        self.position += len(records)
        return records

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _next_batch(self) -> bool:
        if self._place >= os.fstat(self._file).st_size:
            return self._next_segment()
        found = read_batch(self._file, self._place)
        if found is None or found[0].end <= self.position:
            raise self._damaged()
        header, payload = found
        self._batch, self._batch_end = decode_records(header, payload), header.end
        self._place += header.total
        return True

    def _next_segment(self) -> bool:
        following = segment_path(self._folder, self.position)
        if following.exists():
            self._open(Segment(self.position, following))
            return self._next_batch()
        if not self._pass_over([one for one in segments(self._folder) if one.first > self.position]):
            raise self._damaged()
        return False

    def _locate(self) -> None:
        """Go to the batch that holds `position`, or else to the next one that is there."""
        known = segments(self._folder)
        earlier = [segment for segment in known if segment.first <= self.position]
        if earlier:
            self._open(earlier[-1])
            if self._walk():
                return
        if not self._pass_over(known[len(earlier) :]) and not earlier:
            raise SourceError(f"{self._folder}: no segment is there; start what writes the queue first")

    def _pass_over(self, later: Sequence[Segment]) -> bool:
        """Go to the first of the segments that are left, if any."""
        if not later:
            return False
        gone = later[0].first - self.position
        logger.warning("%d records of %s are not there any more", gone, str(self._folder))
        self._open(later[0])
        self.position = self._batch_end = later[0].first
        return True

    def _walk(self) -> bool:
        """Go to the batch that holds `position`; False if this segment ends before it, and not at it."""
        end = self._segment.first
        while (header := read_header(self._file, self._place)) is not None:
            if header.end > self.position:
                return True
            self._place += header.total
            end = header.end
        return end == self.position

    def _open(self, segment: Segment) -> None:
        self.close()
        try:
            self._file = os.open(segment.path, os.O_RDONLY)
        except OSError as error:
            raise SourceError(
                f"{segment.path}: cannot be read ({error.strerror}); check its permissions"
            ) from error
        self._segment = segment
        self._place = 0

    def _damaged(self) -> SourceError:
        return SourceError(
            f"{self._segment.path}: damaged from byte {self._place} on: restore the file from a backup, or "
            "move it away and lose its records"
        )
