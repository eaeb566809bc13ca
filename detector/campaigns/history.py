"""What groups react to, as far as account rows do not tell it: absences, and models that came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.absences import Absences
from detector.campaigns.releases import Releases
from features.account.fold import FORBIDDEN, UNAUTHORIZED
from features.plain import taken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from features.batch import Lifecycle
    from features.hashing import HashKey


class History:
    """Kept from tick to tick; the same ticks and records give the same."""

    def __init__(self, key: HashKey) -> None:
        """`key` is the one under which the models of events are hashed."""
        self.absences = Absences()
        self.releases = Releases(key)

    def fold(self, rows: NDArray[np.void], totals: NDArray[np.int32], end: int) -> None:
        """Take note of a tick that ended at `end` (ms), rows of EVENT_ROW.

        `totals` are all requests of each account, those of the tick included. What was refused for
        who asked is no work, as in account rows.
        """
        refused = (rows["denied"] == 1) | (rows["status"] == UNAUTHORIZED) | (rows["status"] == FORBIDDEN)
        work = taken(rows, np.flatnonzero(~refused))
        self.absences.fold(work["account"], work["time"], len(totals))
        self.releases.fold(work, totals, end)

    def add(self, records: Iterable[Lifecycle]) -> None:
        """Take note of releases, before the ticks that they lie in."""
        self.releases.add(records)
