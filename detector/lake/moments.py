"""What was known of a thing at a moment: the latest row that is not later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE: Final = -1


class Latest:
    """Rows by key and moment."""

    def __init__(self, keys: NDArray[np.uint64], moments: NDArray[np.int64]) -> None:
        """Of rows at one moment under one key the last counts."""
        self._keys, codes = np.unique(keys, return_inverse=True)
        self._moments, ranks = np.unique(moments, return_inverse=True)
        # Code and rank fit in one integer that ascends by key and then by moment.
        place = codes.astype(np.int64) * (len(self._moments) + 1) + ranks
        self._order = np.argsort(place, kind="stable")
        self._places = place[self._order]

    def at(self, keys: NDArray[np.uint64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """The latest row of each key at each moment, shape (len(keys),); NONE where there is none."""
        if len(self._places) == 0:
            return np.full(len(keys), NONE)
        code = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        rank = np.searchsorted(self._moments, moments, side="right") - 1
        width = len(self._moments) + 1
        found = np.searchsorted(self._places, code * width + rank, side="right") - 1
        known = (self._keys[code] == keys) & (found >= 0) & (rank >= 0)
        known &= self._places[np.maximum(found, 0)] >= code * width
        rows: NDArray[np.int64] = np.where(known, self._order[np.maximum(found, 0)], NONE)
        return rows
