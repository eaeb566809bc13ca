"""The report's plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.evaluate.leakage import MARKS
from detector.evaluate.report.drawing import WIDTH, Axis, Dot, Drawing, Tick, line
from detector.evaluate.report.words import percent, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.evaluate.grades import Bin, CampaignLeak, RocPoint
    from detector.evaluate.rates import Rate
    from detector.evaluate.results import CurvePoint

_SQUARE: Final = 260.0
_ROW: Final = 20.0
_LOWEST_FPR: Final = 1e-4
_NARROW: Final = 60.0


def roc(curves: Mapping[str, Sequence[RocPoint]]) -> Drawing:
    """Macro TPR over FPR on a logarithmic axis; the first detector with its interval."""
    x = Axis(_LOWEST_FPR, 0.1, WIDTH, log=True)
    y = Axis(0, 1, _SQUARE, upward=True)
    lines, dots = [], []
    for series, (name, points) in enumerate(curves.items()):
        lines.append(line([(x.at(p.fpr), y.at(p.tpr)) for p in points], series))
        dots += [
            Dot(x.at(p.fpr), y.at(p.tpr), f"{name}: TPR {percent(p.tpr)} at {percent(p.fpr)}", series)
            for p in points
        ]
        if series == 0:
            lines += [
                line([(x.at(p.fpr), y.at(p.low)), (x.at(p.fpr), y.at(p.high))], thin=True) for p in points
            ]
    return Drawing(
        "TPR at low FPR",
        _SQUARE,
        "share of honest accounts above the cut (FPR)",
        x.ticks(percent=True),
        y.ticks(percent=True),
        tuple(dots),
        tuple(lines),
        legend=tuple(curves),
        left=_NARROW,
    )


def shares(title: str, x_label: str, rates: Mapping[str, Rate], *, log: bool = False) -> Drawing:
    """A row for each name: the share and its interval. On a logarithmic axis none seen is a hollow dot."""
    x = Axis(_LOWEST_FPR, 1, WIDTH, log=True) if log else Axis(0, 1, WIDTH)
    dots, lines, names = [], [], []
    for row, (name, rate) in enumerate(rates.items()):
        y = (row + 0.5) * _ROW
        names.append(Tick(y, f"{name} (n = {rate.n:,})"))
        lines.append(line([(x.at(rate.low), y), (x.at(rate.high), y)], thin=True))
        dots.append(Dot(x.at(rate.value), y, f"{name}: {told(rate)}", hollow=rate.hits == 0))
    return Drawing(
        title,
        len(rates) * _ROW,
        x_label,
        x.ticks(percent=True),
        tuple(names),
        tuple(dots),
        tuple(lines),
    )


def leaks(campaigns: Sequence[CampaignLeak]) -> Drawing:
    """A dot for each campaign, a row for each family: exchanges before the first alert, against the marks."""
    most = max((leak.before_first for leak in campaigns), default=1)
    x = Axis(1, max(most, MARKS[-1] * 1.2), WIDTH, log=True)
    families = sorted({leak.family for leak in campaigns})
    places = {family: (row + 0.5) * _ROW for row, family in enumerate(families)}
    dots = [
        Dot(
            x.at(max(leak.before_first, 1)),
            places[leak.family],
            f"{leak.campaign_id}: {leak.before_first:,} of {leak.exchanges:,}",
            hollow=leak.hours is None,
        )
        for leak in campaigns
    ]
    return Drawing(
        "Exchanges before the first alert",
        len(families) * _ROW,
        "answered exchanges before the first alert; hollow: never alerted, all of them",
        x.ticks(),
        tuple(Tick(at, family) for family, at in places.items()),
        tuple(dots),
        guides=tuple(Tick(x.at(mark), f"{mark:,}") for mark in MARKS),
    )


def reliability(bins: Sequence[Bin]) -> Drawing:
    """Share of accounts that take part, over the mean score of their bin."""
    x, y = Axis(0, 1, _SQUARE), Axis(0, 1, _SQUARE, upward=True)
    places = [(x.at(found.mean), y.at(found.rate.value)) for found in bins]
    lines = [
        line([(x.at(found.mean), y.at(found.rate.low)), (x.at(found.mean), y.at(found.rate.high))], thin=True)
        for found in bins
    ]
    dots = [
        Dot(*place, f"mean score {found.mean:.3f}: {told(found.rate)}")
        for place, found in zip(places, bins, strict=True)
    ]
    exact = line([(x.at(0), y.at(0)), (x.at(1), y.at(1))], series=1)
    return Drawing(
        "Reliability",
        _SQUARE,
        "mean score of the accounts in a bin",
        x.ticks(),
        y.ticks(percent=True),
        tuple(dots),
        (exact, *lines),
        legend=("share that takes part", "a perfect score"),
        width=_SQUARE,
        left=_NARROW,
    )


def evasion(knob: str, points: Sequence[CurvePoint]) -> Drawing:
    """TPR and share alerted over what an attacker varies."""
    ends = [point.at for point in points]
    low, high = min(ends), max(ends)
    wide = Axis(low, high if high > low else low + 1, WIDTH, log=low > 0 and high / low > 20)  # noqa: PLR2004 - wider than a decade
    y = Axis(0, 1, _SQUARE, upward=True)
    lines, dots = [], []
    for series, name in enumerate(("above the cut at 0.1 % FPR", "alerted")):
        rates = [point.alerted if series else point.tpr for point in points]
        places = [(wide.at(at), y.at(rate.value)) for at, rate in zip(ends, rates, strict=True)]
        lines.append(line(places, series))
        dots += [
            Dot(*place, f"{knob} {at:g}: {name} {told(rate)}", series)
            for place, at, rate in zip(places, ends, rates, strict=True)
        ]
    return Drawing(
        knob,
        _SQUARE,
        knob,
        wide.ticks(),
        y.ticks(percent=True),
        tuple(dots),
        tuple(lines),
        legend=("above the cut at 0.1 % FPR", "alerted"),
        left=_NARROW,
    )
