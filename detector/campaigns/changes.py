"""Whether enough changed for accounts to be linked anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from features.account.fold import HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.view import View

_Number = TypeVar("_Number", np.int64, np.uint64)

GROWTH: Final = 16
"""Populations are looked at again when this part of them changed, or made so much more requests."""
COVERED: Final = 128
"""Accounts are linked at once when this part of the covered ones changed, so few of many wait."""
WAIT: Final = HOUR
"""How long a change waits at most (ms)."""


class Seen:
    """What accounts were last linked by. Looking takes time in proportion to covered and flagged rows."""

    def __init__(self) -> None:
        self._covered: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._flagged: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._requests = 0
        self._banned: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._linked = 0

    def differs(self, view: View, end: int) -> bool:
        """Whether other accounts are covered, or many other populations flagged or much more asked.

        Or whether a covered one or a member is banned, or no longer is: other bans tell of no campaign.
        If so, `view` is what was seen last. Where many are covered, a few changes wait for others, so that
        the time for linking stays in proportion to what changed. `end` is the tick's (ms).
        """
        covered = np.flatnonzero(view.covered)
        groups = view.words.groups
        flagged = np.flatnonzero(view.flagged)
        keys, requests = groups["key"][flagged], int(groups["events"][flagged].sum())
        known = np.union1d(covered, self._covered)
        judged = not np.array_equal(known[view.banned[known] > 0], self._banned)
        if not (judged or self._is_due(covered, keys, requests, end)):
            return False
        self._covered, self._flagged, self._requests = covered, keys, requests
        self._banned = covered[view.banned[covered] > 0]
        self._linked = end
        return True

    def _is_due(self, covered: NDArray[np.int64], keys: NDArray[np.uint64], requests: int, end: int) -> bool:
        if requests - self._requests >= max(self._requests // GROWTH, 1):
            return True
        changed = _differences(covered, self._covered)
        if changed * COVERED >= max(len(self._covered), 1) or (changed and end - self._linked >= WAIT):
            return True
        return _differences(keys, self._flagged) * GROWTH >= max(len(self._flagged), 1)


def _differences(now: NDArray[_Number], before: NDArray[_Number]) -> int:
    if np.array_equal(now, before):
        return 0
    return len(np.setxor1d(now, before, assume_unique=True))
