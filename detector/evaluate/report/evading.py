"""Plots and sentences on attackers who evade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from detector.evaluate.report.drawing import WIDTH, Axis, Dot, Drawing, Line, line
from detector.evaluate.report.plots import evasion
from detector.evaluate.report.words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.evaluate.results import AdaptiveResult, Curve, CurvePoint

KEPT: Final = 0.9
"""Share of its answers that an attacker who stays below keeps."""

_HEIGHT: Final = 260.0
_LEFT: Final = 60.0


def evaded(curve: Curve) -> Drawing:
    """TPR and share alerted over what is varied, each with its interval."""
    drawing = evasion(curve.knob, curve.points)
    rates = [*(point.tpr for point in curve.points), *(point.alerted for point in curve.points)]
    y = Axis(0, 1, drawing.height, upward=True)
    whiskers = [
        line([(dot.x, y.at(rate.low)), (dot.x, y.at(rate.high))], dot.series, thin=True)
        for dot, rate in zip(drawing.dots, rates, strict=True)
    ]
    return replace(drawing, lines=(*drawing.lines, *whiskers), x_label=f"{curve.knob}: {curve.unit}")


def searched(found: AdaptiveResult) -> Drawing:
    """What each try was worth, and the best so far; a second series for who sees scores."""
    searches = [found.tried, *([found.worst.tried] if found.worst else [])]
    most = max((worth for tried in searches for worth in tried), default=0.0)
    x = Axis(1, max(2, *map(len, searches)), WIDTH)
    y = Axis(0, most or 1.0, _HEIGHT, upward=True)
    dots = [
        Dot(x.at(query), y.at(worth), f"try {query}: {worth:.2f} exchanges kept for a dollar", series)
        for series, tried in enumerate(searches)
        for query, worth in enumerate(tried, 1)
    ]
    return Drawing(
        "The search",
        _HEIGHT,
        "tries; the line is the best so far",
        x.ticks(),
        y.ticks(),
        tuple(dots),
        tuple(_climb(tried, series, x, y) for series, tried in enumerate(searches)),
        legend=("seeing alerts", "seeing scores")[: len(searches)],
        left=_LEFT,
    )


def _climb(tried: Sequence[float], series: int, x: Axis, y: Axis) -> Line:
    best = [max(tried[: at + 1]) for at in range(len(tried))]
    return line([(x.at(query), y.at(worth)) for query, worth in enumerate(best, 1)], series)


def price_of_staying_below(family: str, curves: Sequence[Curve]) -> str:
    """What a family has to pay to keep its answers, in a sentence."""
    points = [(curve, point) for curve in curves if curve.family == family for point in curve.points]
    _, plain = min(points, key=lambda found: found[1].dollars)
    start = (
        f"{family}: unwatched, the cheapest attack costs {plain.dollars:,.0f} dollars for a thousand "
        f"answers, and keeps {percent(plain.kept)} of them before its accounts are alerted;"
    )
    if plain.kept >= KEPT:
        return f"{start} it need not pay to stay below."
    staying = [(found.dollars_kept or 0.0, curve, found) for curve, found in points if found.kept >= KEPT]
    if not staying:
        curve, most = max(points, key=lambda found: found[1].kept)
        return (
            f"{start} nothing tried keeps {percent(KEPT)}: the most is {percent(most.kept)}, by "
            f"{_means(curve, most)}."
        )
    paid, curve, cheapest = min(staying, key=lambda found: found[0])
    return (
        f"{start} the cheapest that keeps at least {percent(KEPT)} is {_means(curve, cheapest)}, at "
        f"{paid:,.0f} dollars for a thousand kept answers, {paid / plain.dollars:.1f} times as much."
    )


def _means(curve: Curve, point: CurvePoint) -> str:
    return f"{curve.knob} {point.at:g}"
