"""Arrivals: how many sessions start in each hour, and when their requests are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import norm

from streaming.simulator.requests import DAY, HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRIDAY: Final = 4
_THURSDAY: Final = 3
LONGEST: Final = 5_000
"""Requests of the longest session."""
_COUNTED: Final = 24
"""Counts that the mean of a session is summed over, one by one."""


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
        weekday = (hours // DAY + _THURSDAY) % 7  # 1970 began on a Thursday
        angle = (of_day[:, None] + 0.5 - self._habits["peak"]) * (2 * np.pi / 24)
        shapes: NDArray[np.float64] = np.exp(self._habits["daily"] * np.cos(angle)) / self._mean
        shapes[weekday > FRIDAY] *= self._habits["weekend"]
        of_week = (weekday * 24 + of_day).astype(np.int64)
        shapes[:, self._measured] = self._curves[self._habits["curve"][self._measured], of_week[:, None]]
        return shapes


def mean_turns(habits: NDArray[np.void]) -> NDArray[np.float64]:
    """Requests of a session of each habit in the mean: of a lognormal that is rounded, and at least one."""
    centre, sigma = np.log(habits["turns"]), np.maximum(habits["turns_sigma"], 1e-9)
    counts = np.arange(2, _COUNTED + 1)[:, None]
    rounded = norm.sf((np.log(counts - 0.5) - centre) / sigma).sum(axis=0)
    # Far out, rounding is even: what is left is the partial expectation beyond the last count.
    above = norm.cdf((centre + sigma**2 - np.log(_COUNTED)) / sigma)
    beyond = np.exp(centre + sigma**2 / 2) * above - _COUNTED * norm.cdf((centre - np.log(_COUNTED)) / sigma)
    result: NDArray[np.float64] = 1 + rounded + np.maximum(beyond, 0)
    return result


def weekend_share(start: int, end: int) -> float:
    """Share of the days from `start` to `end` ms that are of a weekend."""
    days = np.arange(start // DAY, max(-(-end // DAY), start // DAY + 1))
    return float(((days + _THURSDAY) % 7 > FRIDAY).mean())


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
