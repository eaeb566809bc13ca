"""Whether enough changed for accounts to be linked anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.view import View

GROWTH: Final = 16
"""Populations are looked at again when this part of them changed, or made so much more requests."""


class Seen:
    """What accounts were last linked by. Looking takes time in proportion to covered and flagged rows."""

    def __init__(self) -> None:
        self._covered: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._flagged: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._requests = 0
        self._bans = 0

    def differs(self, view: View) -> bool:
        """Whether other accounts are covered or banned, or many other populations flagged or much more asked.

        If so, `view` is what was seen last.
        """
        covered = np.flatnonzero(view.covered)
        groups = view.words.groups[np.flatnonzero(view.flagged)]
        keys = groups["key"]
        requests = int(groups["events"].sum())
        bans = int((view.banned[covered] > 0).sum())
        grown = requests - self._requests >= max(self._requests // GROWTH, 1)
        other = len(np.setxor1d(keys, self._flagged, assume_unique=True))
        reflagged = other * GROWTH >= max(len(self._flagged), 1)
        if np.array_equal(covered, self._covered) and not (grown or reflagged or bans != self._bans):
            return False
        self._covered, self._flagged, self._requests, self._bans = covered, keys, requests, bans
        return True
