"""Arrivals: how many sessions start in each hour, and when their requests are sent."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.requests import DAY, HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRIDAY: Final = 4
THURSDAY: Final = 3
LONGEST: Final = 5_000
"""Requests of the longest session."""
_QUANTILES: Final = [NormalDist().inv_cdf((k + 0.5) / 200) for k in range(200)]


class Rhythm:
    """When accounts start sessions; `habits` may change, but for what shapes their day.

    Poisson with a gamma rate of each hour: negative binomial counts, the burstiness of real clients
    (ServeGen, arXiv 2505.09999). `curves` (curves, 168) are relative rates by hour of the week.
    """

    def __init__(self, habits: NDArray[np.void], curves: NDArray[np.float64]) -> None:
        self._habits, self._curves = habits, curves
        self._mean = np.i0(habits["daily"])
        self._measured = np.flatnonzero(habits["curve"] >= 0)

    def sessions(
        self, rng: np.random.Generator, start: int, end: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Habits that start a session in [start, end), and when (ms), habit by habit of each hour."""
        hours = np.arange(start, end, HOUR)
        habits, lasting = self._habits, np.minimum(end - hours, HOUR)
        rates = self._shapes(hours) * (habits["sessions"] / DAY) * lasting[:, None]
        here = (habits["begin"] < (hours + lasting)[:, None]) & (habits["end"] > hours[:, None])
        busy = np.flatnonzero(here & (rates > 0))
        burst = habits["burst"][busy % len(habits)]
        counts = rng.poisson(rates.reshape(-1)[busy] * rng.gamma(burst, 1 / burst))
        hour, habit = np.divmod(np.repeat(busy, counts), len(habits))
        started = hours[hour] + (rng.random(len(hour)) * lasting[hour]).astype(np.int64)
        alive = (started >= habits["begin"][habit]) & (started < habits["end"][habit])
        return habit[alive], started[alive]

    def _shapes(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """(hours, habits) rates relative to the mean hour of a weekday."""
        of_day = hours / HOUR % 24
        weekday = (hours // DAY + THURSDAY) % 7  # 1970 began on a Thursday
        angle = (of_day[:, None] + 0.5 - self._habits["peak"]) * (2 * np.pi / 24)
        shapes: NDArray[np.float64] = np.exp(self._habits["daily"] * np.cos(angle)) / self._mean
        shapes[weekday > FRIDAY] *= self._habits["weekend"]
        of_week = (weekday * 24 + of_day).astype(np.int64)
        shapes[:, self._measured] = self._curves[self._habits["curve"][self._measured], of_week[:, None]]
        return shapes


def mean_turns(habits: NDArray[np.void]) -> NDArray[np.float64]:
    """Expected requests of a session: at least one, and the mean of a lognormal lies above its median."""
    total = np.zeros(len(habits))
    for quantile in _QUANTILES:
        total += np.maximum(np.rint(habits["turns"] * np.exp(habits["turns_sigma"] * quantile)), 1)
    return total / len(_QUANTILES)


def weekend_share(begin: int, end: int) -> float:
    """Share of the hours of [begin, end) ms that are of a weekend."""
    hours = np.arange(begin, max(end, begin + 1), HOUR)
    return float(((hours // DAY + THURSDAY) % 7 > FRIDAY).mean())


def turns(
    rng: np.random.Generator, habits: NDArray[np.void], started: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Requests of sessions (one habit row each): session's position, turn, and time in ms."""
    drawn = np.exp(rng.normal(np.log(habits["turns"]), habits["turns_sigma"]))
    counts = np.clip(np.rint(drawn), 1, LONGEST).astype(np.int64)
    session = np.repeat(np.arange(len(started)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    turn = np.arange(len(session)) - first
    gap = np.exp(rng.normal(np.log(habits["gap"])[session], habits["gap_sigma"][session])) * 1000
    gap[turn == 0] = 0
    waited = np.cumsum(gap)
    time = started[session] + (waited - waited[first]).astype(np.int64)
    return session, turn, time
