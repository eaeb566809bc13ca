"""Rows in memory that can be handed back to the system page by page, while every row keeps its number."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RowMemory:
    """So many rows of zeros; the system gives memory for a page when it is first written."""

    def __init__(self, rows: int, dtype: np.dtype[np.void]) -> None:
        self._memory = mmap.mmap(-1, max(rows * dtype.itemsize, 1))
        self.rows: NDArray[np.void] = np.frombuffer(self._memory, dtype=dtype, count=rows)

    def release(self, rows: NDArray[np.int64]) -> None:
        """Make `rows`, ascending, zero, and give back the pages that hold nothing else."""
        self.rows[rows] = np.zeros((), dtype=self.rows.dtype)
        size = self.rows.dtype.itemsize
        cuts = np.flatnonzero(np.diff(rows) != 1) + 1
        for run in np.split(rows, cuts):
            if len(run) == 0:
                continue
            start = -(-int(run[0]) * size // mmap.PAGESIZE) * mmap.PAGESIZE
            end = (int(run[-1]) + 1) * size // mmap.PAGESIZE * mmap.PAGESIZE
            if end > start:
                self._memory.madvise(mmap.MADV_DONTNEED, start, end - start)
