"""Geometry of the report's charts: numbers to rectangles and labels of an SVG, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from models.scorer import logit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDTH: Final = 900.0
HEIGHT: Final = 180.0

_HOUR: Final = 3_600_000
_STEPS: Final = tuple(_HOUR * hours for hours in (1, 2, 3, 6, 12, 24, 48, 168, 720, 8760))
_MOST_BARS: Final = 150
_LABELS: Final = 6
_SCORES: Final = (1e-4, 1e-3, 1e-2, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
_SCORE_BINS: Final = 48
_LOGIT: Final = 10.0
"""Logit at the ends of the score axis."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, in units of the drawing, with the words shown when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A position on the x axis, and what is there."""

    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over an axis with labels, and marks across it."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    highest: int
    """what the tallest bar stands for"""


def timeline(traffic: Sequence[tuple[int, int]], alerts: Sequence[tuple[int, str]]) -> Chart:
    """Requests over time from (ms, requests), with a mark for each (ms, title) of an alert."""
    if not traffic:
        return Chart((), (), (), 0)
    times = np.array([time for time, _ in traffic], dtype=np.int64)
    counts = np.array([count for _, count in traffic], dtype=np.int64)
    # A tick's events came before its end.
    times = times - 1
    span = int(times.max() - times.min())
    step = next((step for step in _STEPS if span <= step * _MOST_BARS), _STEPS[-1])
    start = int(times.min()) // step * step
    bins = np.bincount((times - start) // step, weights=counts).astype(np.int64)
    wide = WIDTH / len(bins)
    names = [_moment(start + at * step) for at in range(len(bins))]
    marks = [Mark((time - 1 - start) / step * wide, title) for time, title in alerts]
    shown = range(0, len(bins), max(1, -(-len(bins) // _LABELS)))
    labels = [Mark(at * wide, names[at]) for at in shown]
    bars = _bars(bins, bins / bins.max(), [f"{names[at]}: {count:,}" for at, count in enumerate(bins)])
    return Chart(bars, tuple(marks), tuple(labels), int(bins.max()))


def distribution(scores: NDArray[np.float64], raise_at: float) -> Chart:
    """Accounts by score, the score in logits and the number of accounts as a logarithm."""
    edges = np.linspace(-_LOGIT, _LOGIT, _SCORE_BINS + 1)
    found = np.clip(logit(np.clip(scores, 1e-9, 1 - 1e-9)), -_LOGIT, _LOGIT)
    counts = np.histogram(found, edges)[0]
    tall = np.log1p(counts)
    middles = 1 / (1 + np.exp(-(edges[:-1] + edges[1:]) / 2))
    titles = [f"{count:,} accounts about {middle:.4g}" for count, middle in zip(counts, middles, strict=True)]
    labels = [Mark(_place(score), f"{score:g}") for score in _SCORES]
    mark = Mark(_place(raise_at), f"alerts from {raise_at:.4g}")
    return Chart(
        _bars(counts, tall / max(tall.max(), 1e-9), titles), (mark,), tuple(labels), int(counts.max())
    )


def _place(score: float) -> float:
    at = float(np.clip(logit(np.array([score]))[0], -_LOGIT, _LOGIT))
    return (at + _LOGIT) / (2 * _LOGIT) * WIDTH


def _bars(counts: NDArray[np.int64], tall: NDArray[np.float64], titles: list[str]) -> tuple[Bar, ...]:
    wide = WIDTH / len(counts)
    return tuple(
        Bar(at * wide, HEIGHT * (1 - tall[at]), max(wide - 1, 0.5), HEIGHT * tall[at], titles[at])
        for at in np.flatnonzero(counts).tolist()
    )


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
