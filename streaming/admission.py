"""Which events count, once: duplicates and late ones apart, each of the rest in one tick.

The decision about an event depends only on the events before it in its stream, never on how they were cut
into batches. The watermark is the `WITNESSES`-th largest start time seen: in a log ordered by start it
bounds what can still become available, in one ordered by completion it trails by a request, and a few
events from the far future cannot move it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from streaming.seen import SEEN, SeenIds

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITNESSES: Final = 8

ACCEPTED: Final = 0
DUPLICATE: Final = 1
LATE: Final = 2

_NEVER: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class AdmissionSettings:
    """Times in ms."""

    tick: int = 5 * 60_000
    lateness: int = 60 * 60_000
    """an event that became available longer than this before the watermark is late"""
    remember: int = 7 * 86_400_000
    """how long an event id is known as seen, from when its event became available"""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of each event of a batch."""

    verdicts: NDArray[np.int8]
    """shape (n,): ACCEPTED, DUPLICATE or LATE"""
    ticks: NDArray[np.int64]
    """shape (n,): the tick in which an accepted event counts; tick k ends at k times the tick length"""


class Admission:
    """Decides event by event, and keeps the watermark."""

    def __init__(self, settings: AdmissionSettings, seen: SeenIds | None = None) -> None:
        self._settings = settings
        self._seen = SeenIds() if seen is None else seen
        self._latest = np.full(WITNESSES, _NEVER)

    @property
    def watermark(self) -> int | None:
        """No event before it is expected any more, but for late ones; None until enough were seen."""
        mark = int(self._latest.min())
        return None if mark == _NEVER else mark

    @property
    def closed(self) -> int | None:
        """The last tick that ended before the watermark, and so takes no more events."""
        mark = self.watermark
        return None if mark is None else (mark - 1) // self._settings.tick

    def close(self, tick: int) -> None:
        """Let no further event count in `tick` or before it, whatever the watermark."""
        np.maximum(self._latest, tick * self._settings.tick + 1, out=self._latest)

    @property
    def witnesses(self) -> NDArray[np.int64]:
        """The start times that the watermark rests on, shape (WITNESSES,)."""
        return self._latest.copy()

    def resume(self, witnesses: NDArray[np.int64]) -> None:
        """Go on with the watermark of an earlier admission."""
        self._latest[:] = witnesses

    def recall(self, seen: NDArray[np.void]) -> None:
        """Know as seen what an earlier admission accepted: dtype SEEN, in the order in which it did."""
        self._seen.reserve(len(seen))
        self._seen.recall(np.ascontiguousarray(seen, dtype=SEEN))

    def due(self, available: int) -> int:
        """The tick in which something counts that became available at a time (ms) and is admitted now."""
        closed = self.closed
        tick = -(-available // self._settings.tick)
        return tick if closed is None else max(tick, closed + 1)

    def admit(self, rows: NDArray[np.void]) -> Admitted:
        """Decide about `rows` (`EVENT_ROW`) in order."""
        self._seen.reserve(len(rows))
        verdicts = np.empty(len(rows), dtype=np.int8)
        ticks = np.zeros(len(rows), dtype=np.int64)
        _admit(
            rows,
            (self._seen.ids, self._seen.times),
            self._latest,
            (self._settings.tick, self._settings.lateness, self._settings.remember),
            verdicts,
            ticks,
        )
        self._seen.added(int((verdicts == ACCEPTED).sum()), self.watermark, self._settings.remember)
        return Admitted(verdicts, ticks)


@njit(cache=True, nogil=True)
def _admit(
    rows: NDArray[np.void],
    seen: tuple[NDArray[np.uint64], NDArray[np.int64]],
    latest: NDArray[np.int64],
    limits: tuple[int, int, int],
    verdicts: NDArray[np.int8],
    ticks: NDArray[np.int64],
) -> None:
    ids, times = seen
    tick, lateness, remember = limits
    mark = latest.min()
    for i in range(rows.shape[0]):
        row = rows[i]
        if mark != _NEVER and row.available < mark - lateness:
            verdicts[i] = LATE
            continue
        slot = _slot(ids, row.event)
        if ids[slot] == row.event and (mark == _NEVER or times[slot] >= mark - remember):
            verdicts[i] = DUPLICATE
            continue
        ids[slot] = row.event
        times[slot] = row.available
        verdicts[i] = ACCEPTED
        due = -(-row.available // tick)
        ticks[i] = due if mark == _NEVER else max(due, (mark - 1) // tick + 1)
        at = latest.argmin()
        if row.time > latest[at]:
            latest[at] = row.time
            mark = latest.min()


@njit(cache=True, nogil=True)
def _slot(ids: NDArray[np.uint64], event: np.uint64) -> np.uint64:
    """Where `event` is, or would be: linear probing in a table of a power of two, never full."""
    mask = np.uint64(ids.shape[0] - 1)
    at = event & mask
    while ids[at] != 0 and ids[at] != event:
        at = (at + np.uint64(1)) & mask
    return at
