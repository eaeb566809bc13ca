"""The overview's pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from detector.console.views.growth import rate_plot
from detector.console.views.rows import name_of
from detector.console.views.words import duration, moment, percent
from detector.dossier.series import ACTIVE, ALERTS, EVENTS
from detector.report.charts import HEIGHT, WIDTH, Chart, timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.console.desk.overview import Picture, Precision
    from detector.dossier.records import Point
    from detector.evaluate.report.drawing import Drawing

_TICKS: Final = 5
"""above zero, of an axis"""


def overview_view(picture: Picture, names: Mapping[str, str], now: int) -> dict[str, Any]:
    """Values of the template; `now` is ms of the clock."""
    right = sum(one.rate.hits for one in picture.precision)
    judged = sum(one.rate.n for one in picture.precision)
    return {
        "picture": picture,
        "traffic": _traffic(picture),
        "active": _line("Active accounts", "accounts", picture.series[ACTIVE]),
        "width": WIDTH,
        "height": HEIGHT,
        "precision": _precision(picture.precision),
        "right": right,
        "judged": judged,
        "work": [(name_of(one.assignee, names) or "nobody", one.assignee, one.count) for one in picture.work],
        "until": max((one.watermark or 0 for one in picture.standing.partitions), default=0),
        "letters": sum(picture.standing.letters.values()),
        "lags": [
            (
                one.origin,
                duration(max(now - one.committed, 0)) if one.committed is not None else "never",
                one.idle,
            )
            for one in picture.standing.partitions
        ],
        "events": sum(point.value for point in picture.series[EVENTS]),
        "alerts": {kind: sum(point.value for point in picture.series[name]) for kind, name in ALERTS.items()},
        "failed": sum(number for (_, status), number in picture.exports.items() if status == "failed"),
        "waiting": sum(number for (_, status), number in picture.exports.items() if status == "waiting"),
    }


def _traffic(picture: Picture) -> Chart:
    """Requests by step, with a mark for each step that raised alerts."""
    # Charts put what ends a step into it.
    requests = [(one.time + picture.step, int(one.value)) for one in picture.series[EVENTS] if one.value]
    raised: dict[int, list[str]] = {}
    for kind, name in ALERTS.items():
        for one in picture.series[name]:
            if one.value:
                raised.setdefault(one.time + picture.step, []).append(
                    f"{one.value:.0f} new alerts of {kind}s"
                )
    return timeline(requests, [(time, ", ".join(said)) for time, said in sorted(raised.items())])


def _line(title: str, name: str, points: Sequence[Point]) -> Drawing | None:
    most = max((one.value for one in points), default=0.0)
    if most <= 1:
        return None
    # So that each is a whole number.
    highest = _TICKS * math.ceil(most / _TICKS)
    return rate_plot(title, [(name, [(one.time, one.value) for one in points])], highest)


def _precision(found: Sequence[Precision]) -> list[dict[str, Any]]:
    """A week a row: no line through what few verdicts tell."""
    return [
        {
            "week": moment(one.week)[:10],
            "rate": one.rate,
            "said": f"{percent(one.rate.value)} ({percent(one.rate.low)} to {percent(one.rate.high)})",
        }
        for one in found
    ]
