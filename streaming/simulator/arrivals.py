"""Arrivals: how many sessions start in each hour, and when their requests are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.requests import DAY, HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRIDAY: Final = 4
_THURSDAY: Final = 3
LONGEST: Final = 5_000
"""Requests of the longest session."""


def sessions(
    rng: np.random.Generator, habits: NDArray[np.void], curves: NDArray[np.float64], start: int, end: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Habits that start a session in [start, end), and when (ms), habit by habit.

    Poisson with a gamma rate of each hour: negative binomial counts, the burstiness of real clients
    (ServeGen, arXiv 2505.09999). `curves` (curves, 168) are relative rates by hour of the week.
    """
    who, when = [], []
    for hour in range(start, end, HOUR):
        until = min(hour + HOUR, end)
        active = np.flatnonzero((habits["begin"] < until) & (habits["end"] > hour))
        chosen = habits[active]
        rate = chosen["sessions"] * ((until - hour) / DAY) * _shape(chosen, curves, hour)
        rate *= rng.gamma(chosen["burst"], 1 / chosen["burst"])
        counts = rng.poisson(rate)
        who.append(np.repeat(active, counts))
        when.append(hour + (rng.random(int(counts.sum())) * (until - hour)).astype(np.int64))
    habit, started = np.concatenate(who), np.concatenate(when)
    alive = (started >= habits["begin"][habit]) & (started < habits["end"][habit])
    return habit[alive], started[alive]


def _shape(habits: NDArray[np.void], curves: NDArray[np.float64], hour: int) -> NDArray[np.float64]:
    """Rate of this hour relative to the mean hour of a weekday."""
    of_day = hour / HOUR % 24
    weekday = (hour // DAY + _THURSDAY) % 7  # 1970 began on a Thursday
    angle = (of_day + 0.5 - habits["peak"]) * (2 * np.pi / 24)
    shape = np.exp(habits["daily"] * np.cos(angle)) / np.i0(habits["daily"])
    if weekday > FRIDAY:
        shape = shape * habits["weekend"]
    measured = habits["curve"] >= 0
    if measured.any():
        shape[measured] = curves[habits["curve"][measured], int(weekday * 24 + of_day)]
    result: NDArray[np.float64] = shape
    return result


def turns(
    rng: np.random.Generator, habits: NDArray[np.void], started: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Requests of sessions (one habit row each): session's position, turn, and time in ms."""
    drawn = np.exp(rng.normal(np.log(habits["turns"]), habits["turns_sigma"]))
    counts = np.clip(np.rint(drawn), 1, LONGEST).astype(np.int64)
    session = np.repeat(np.arange(len(started)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    turn = np.arange(len(session)) - first
    each = habits[session]
    gap = np.exp(rng.normal(np.log(each["gap"]), each["gap_sigma"])) * 1000
    gap[turn == 0] = 0
    waited = np.cumsum(gap)
    time = started[session] + (waited - waited[first]).astype(np.int64)
    return session, turn, time
