"""Pace: how the accounts of an operation spread its requests over time, from workers to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.arrivals import THURSDAY, mean_turns, weekend_share
from streaming.simulator.requests import DAY, HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUIET: Final = 0.1
"""least mean rate of a curve in a window that is made up for"""


def pace(
    rng: np.random.Generator,
    rows: NDArray[np.void],
    exchanges: float,
    human: float,
    *,
    batch: float,
    talk: float | None = None,
) -> None:
    """Near-equal shares of `exchanges` within each row's window.

    `batch` is the median of requests in one go of a worker, which shrinks to a person's few as `human` rises;
    `talk` that of the turns of a conversation, whoever holds it.
    """
    count = len(rows)
    days = np.maximum((rows["end"] - rows["begin"]) / DAY, 1e-3)
    share = rng.lognormal(0, rng.uniform(0.05, 0.25) + 0.6 * human, count)
    each = exchanges * share / (share * days).sum()
    _rhythm(rng, rows, human)
    if talk is None:
        size = batch ** (1 - human) * 4.0**human
        rows["turns"] = np.clip(size, 1, np.maximum(each * days / 2, 1))
        rows["turns_sigma"] = 0.3 + 0.4 * human
    else:
        rows["turns"], rows["turns_sigma"] = talk, 0.5
    rows["sessions"] = each / mean_turns(rows) / _weekly(rows)


def _rhythm(rng: np.random.Generator, rows: NDArray[np.void], human: float) -> None:
    """Pauses and hours: an operation's own, and all the more each account's own as it passes for people."""
    count = len(rows)
    usual = rng.uniform(0.7, 3.5)
    rows["gap"] = np.exp(rng.normal(usual * (1 - human) + np.log(70) * human, 0.15 + 0.4 * human, count))
    rows["gap_sigma"] = rng.uniform(0.2, 0.9) * (1 - human) + human
    rows["daily"] = rng.uniform(0, 0.4) + 1.4 * human
    rows["weekend"] = 1 - 0.35 * human
    rows["burst"] = 1 + rng.uniform(1, 9) * (1 - human)
    rows["peak"] = rng.normal(rng.uniform(0, 24), 2 + 6 * human, count) % 24
    rows["errors"] = min(rng.exponential(0.012), 0.25)


def _weekly(rows: NDArray[np.void]) -> NDArray[np.float64]:
    """Mean rate over a window relative to that of its weekdays."""
    windows, of = np.unique(np.stack([rows["begin"], rows["end"]]), axis=1, return_inverse=True)
    free = np.array([weekend_share(int(begin), int(end)) for begin, end in windows.T])[of.reshape(-1)]
    mean: NDArray[np.float64] = 1 - free * (1 - rows["weekend"])
    return mean


def mean_requests(rows: NDArray[np.void], begin: int, end: int) -> NDArray[np.float64]:
    """Expected requests a day of each habit over [begin, end) ms."""
    hours = 1 - weekend_share(begin, end) * (1 - rows["weekend"])
    mean: NDArray[np.float64] = rows["sessions"] * mean_turns(rows) * hours
    return mean


def follow_curve(curves: NDArray[np.float64], rows: NDArray[np.void], curve: int) -> None:
    """Let rows that are paced by the hour of day keep to a measured week instead, at the same mean rate.

    `curves` (curves, 168) are relative rates by hour of the week, mean 1.
    """
    windows, of = np.unique(np.stack([rows["begin"], rows["end"]]), axis=1, return_inverse=True)
    hours = [np.arange(begin, max(end, begin + 1), HOUR) // HOUR for begin, end in windows.T]
    level = np.array([curves[curve, (each + 24 * THURSDAY) % curves.shape[1]].mean() for each in hours])
    rows["sessions"] *= _weekly(rows) / np.maximum(level, _QUIET)[of.reshape(-1)]
    rows["curve"] = curve


def runs(rng: np.random.Generator, begin: int, end: int, count: int) -> list[tuple[int, int]]:
    """`count` windows in [begin, end) with idle time between them: jobs started and stopped by hand."""
    edges = np.sort(rng.uniform(begin, end, 2 * count)).astype(np.int64)
    edges[0], edges[-1] = begin, end
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a > HOUR]
