"""How a subject grew, as plots: score, exchanges against what extractions needed, and coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.console.views.words import moment, number, percent
from detector.console.views.words import score as score_text
from detector.evaluate.leakage import MARKS
from detector.evaluate.report.drawing import Axis, Dot, Drawing, Line, Tick, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import Measurement

WIDTH: Final = 480.0
HEIGHT: Final = 170.0
LEFT: Final = 64.0
_LABELS: Final = 3
_DOTS: Final = 48
"""More points than these are drawn as a line alone."""


def score_plot(history: Sequence[Measurement], raised: int = 0) -> Drawing:
    """Score over time; `raised` is the first alert in ms, 0 where there was none."""
    up = Axis(0, 1, HEIGHT, upward=True)
    points = [(one.time, one.score, score_text(one.score)) for one in history]
    return _over_time("Score over time", [points], up, up.ticks(), raised, ())


def exchange_plot(history: Sequence[Measurement], raised: int = 0) -> Drawing:
    """Answered exchanges over time, on a logarithmic axis, with the marks of published extractions."""
    most = max((one.exchanges for one in history), default=1)
    up = Axis(1, max(most * 1.2, MARKS[1]), HEIGHT, log=True, upward=True)
    points = [(one.time, float(one.exchanges), number(one.exchanges)) for one in history]
    ticks = [Tick(up.at(1), "1"), *(Tick(up.at(mark), number(mark)) for mark in MARKS if mark <= up.high)]
    return _over_time("Answered exchanges", [points], up, tuple(ticks), raised, ())


def coverage_plot(history: Sequence[Measurement]) -> Drawing | None:
    """How probably its next item was asked before; None where that is not known."""
    points = [(one.time, one.coverage, percent(one.coverage)) for one in history if one.coverage is not None]
    up = Axis(0, 1, HEIGHT, upward=True)
    return _over_time("Coverage", [points], up, up.ticks(percent=True), 0, ()) if points else None


def rate_plot(
    title: str, series: Sequence[tuple[str, Sequence[tuple[int, float]]]], highest: float
) -> Drawing:
    """Named series of (ms, value) over time, from 0 to `highest`."""
    up = Axis(0, max(highest, 1e-9), HEIGHT, upward=True)
    shares = highest <= 1
    drawn = [
        [(time, value, f"{name}: {percent(value) if shares else number(value)}") for time, value in points]
        for name, points in series
    ]
    names = tuple(name for name, _ in series)
    return _over_time(title, drawn, up, up.ticks(percent=shares), 0, names)


def _over_time(
    title: str,
    series: Sequence[Sequence[tuple[int, float, str]]],
    up: Axis,
    ticks: tuple[Tick, ...],
    raised: int,
    legend: tuple[str, ...],
) -> Drawing:
    times = [time for points in series for time, _, _ in points] + ([raised] if raised else [])
    across = Axis(min(times, default=0), max(times, default=0) + 1, WIDTH)
    lines: list[Line] = []
    dots: list[Dot] = []
    for at, points in enumerate(series):
        lines.append(line([(across.at(time), up.at(value)) for time, value, _ in points], at))
        if len(points) <= _DOTS:
            dots += [Dot(across.at(t), up.at(v), f"{moment(t)}: {said}", at) for t, v, said in points]
    alert = (Tick(across.at(raised), "first alert"),) if raised else ()
    return Drawing(
        title, HEIGHT, "UTC", _times(across), ticks, tuple(dots), tuple(lines), alert, legend, WIDTH, LEFT
    )


def _times(across: Axis) -> tuple[Tick, ...]:
    step = (across.high - across.low) / (_LABELS - 1)
    places = [across.low + step * at for at in range(_LABELS)]
    return tuple(Tick(across.at(place), moment(int(place))) for place in places)
