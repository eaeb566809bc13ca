"""Accounts that fall silent for days and come back: what they come back for may be somebody else's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.fold import DAY
from features.population.growth import reserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

SILENT: Final = 3 * DAY
"""Longer than a weekend (ms)."""


class Absences:
    """Of each account the latest silence of days, by account row: three times in ms, 0 where there was none.

    An account's times depend on its own requests alone, so accounts may be kept apart by worker.
    """

    def __init__(self) -> None:
        self._seen: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._left: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._resumed: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @property
    def left(self) -> NDArray[np.int64]:
        """The last request before each account's latest silence, by row; 0: it had none."""
        return self._left

    @property
    def resumed(self) -> NDArray[np.int64]:
        """The first request after it, by row."""
        return self._resumed

    def fold(self, account: NDArray[np.int32], time: NDArray[np.int64], accounts: int) -> None:
        """Take note of a tick's requests, by account row and start (ms); there are so many `accounts`."""
        self._seen = reserved(self._seen, accounts)
        self._left = reserved(self._left, accounts)
        self._resumed = reserved(self._resumed, accounts)
        order = np.lexsort((time, account))
        account, time = account[order], time[order]
        who = np.unique(account)
        first = time[np.searchsorted(account, who)]
        last = time[np.searchsorted(account, who, side="right") - 1]
        back = (self._seen[who] > 0) & (first - self._seen[who] >= SILENT)
        self._left[who[back]] = self._seen[who[back]]
        self._resumed[who[back]] = first[back]
        self._seen[who] = np.maximum(self._seen[who], last)
