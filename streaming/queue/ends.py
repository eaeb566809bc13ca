"""How far each partition is durable, for readers in other processes: a small file mapped into memory.

A reader that went by the file's length would read what a loss of power may still take back, and would later
take other records under the same offsets for read. The writer moves an end after the flush. The ends
themselves are not flushed: after a loss of power they may lie too low until the writer starts again.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_WORD: Final = 8


class Ends:
    """One offset a partition, each an aligned word that is written at once."""

    def __init__(self, path: Path, partitions: int, *, writable: bool) -> None:
        """Map the file; raises `OSError`, and `ValueError` for one that is too short."""
        with path.open("r+b" if writable else "rb") as file:
            access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
            self._map = mmap.mmap(file.fileno(), partitions * _WORD, access=access)
        self._words = memoryview(self._map).cast("Q")

    def __getitem__(self, partition: int) -> int:
        return self._words[partition]

    def __setitem__(self, partition: int, end: int) -> None:
        self._words[partition] = end

    def close(self) -> None:
        """Unmap."""
        self._words.release()
        self._map.close()
