"""Sections on campaigns: what they got, how soon they were noticed, and whether they were put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.report.document import Figure, Section, Table
from detector.evaluate.report.plots import leaks, reliability
from detector.evaluate.report.words import caption, cells, estimated, percent, spread
from detector.evaluate.results import OURS

if TYPE_CHECKING:
    from detector.evaluate.grades import StoppedUnder
    from detector.evaluate.rates import Rate
    from detector.evaluate.results import WorldResult


def leaked(world: WorldResult) -> Section:
    """Exchanges that campaigns got, and the time to their detection."""
    found = world.detectors[OURS].leakage
    said = (
        (
            "An exchange leaks when it is answered before the alert. A campaign for which the alert never "
            "came counts with all of its exchanges and with endless time, so a median that is never reached "
            "says that half of them went unnoticed. A campaign got a mean share of "
            f"{estimated(found.share)} of its exchanges before the issuing account's own alert, and all of "
            f"them together {percent(found.leaked_exchanges.value)} ({found.leaked_exchanges.hits:,} of "
            f"{found.leaked_exchanges.n:,})."
        ),
    )
    rows = (
        ("exchanges before the first alert", *spread(found.before_first)),
        ("exchanges before half of its accounts were flagged", *spread(found.before_half)),
        ("exchanges before nine tenths were flagged", *spread(found.before_most)),
        ("hours from its first answered request to the first alert", *spread(found.hours)),
    )
    head = ("campaign", "median", "95 % interval", "90 % of campaigns at most", "never")
    table = Table(caption(world, "leaks and time to detection"), head, rows)
    plot = Figure(
        caption(world, "exchanges before the first alert; lines: the marks"), leaks(found.campaigns)
    )
    return Section(
        "What campaigns get", said, parts=(plot, table, _marks(world, found.marks)), level=3, brief=True
    )


def _marks(world: WorldResult, marks: tuple[StoppedUnder, ...]) -> Table:
    head = (
        "mark",
        "first alert",
        "half flagged",
        "nine tenths flagged",
        "every own alert",
        "larger campaigns",
    )
    rows = tuple(
        (
            f"{mark.mark:,}",
            *(
                _share(rate)
                for rate in (mark.first_alert, mark.half_flagged, mark.most_flagged, mark.own_alerts)
            ),
            f"{mark.first_alert.n:,}",
        )
        for mark in marks
    )
    return Table(
        caption(
            world, "share of campaigns larger than a mark for which less than it leaked, by when one counts"
        ),
        head,
        rows,
    )


def _share(rate: Rate) -> str:
    share, between, _ = cells(rate)
    return f"{share} ({between})" if rate.n else share


def grouped(world: WorldResult) -> Section:
    """Campaigns put together."""
    found = world.detectors[OURS].groups
    said = (
        (
            "A campaign is found when a group that is nine tenths its own holds at least half of its "
            "accounts; a group of two or more accounts is right when nine tenths of it are of one "
            "campaign. B-cubed is taken over distillation accounts; an account in no group is alone."
        ),
        (
            f"B-cubed F1 {estimated(found.bcubed_f1)}, precision {percent(found.bcubed_precision)}, "
            f"recall {percent(found.bcubed_recall)}; {found.predicted} groups were found."
        ),
    )
    rows = (
        ("campaigns found", *cells(found.recall)),
        ("groups that are right", *cells(found.precision)),
        *((f"campaigns found: {name}", *cells(rate)) for name, rate in found.families.items()),
    )
    table = Table(caption(world, "campaigns"), ("", "share", "95 % interval", "counted"), rows)
    return Section("Whole campaigns", said, parts=(table,), level=3)


def calibrated(world: WorldResult) -> Section:
    """Whether scores are probabilities."""
    found = world.detectors[OURS].calibration
    said = (
        (
            f"Expected calibration error {found.ece:.4f}, Brier score {found.brier:.4f}, n = {found.n:,}; "
            "ten bins of equal width, relay accounts counted as not taking part. Most accounts lie in the "
            "lowest bin, so that a small error says little of high scores: read the bins."
        ),
    )
    rows = tuple((f"{bin_.mean:.3f}", *cells(bin_.rate)) for bin_ in found.bins)
    table = Table(
        caption(world, "scores and what they stood for"),
        ("mean score", "take part", "95 % interval", "accounts"),
        rows,
    )
    plot = Figure(caption(world, "reliability, bars: 95 % interval"), reliability(found.bins))
    return Section("Calibration", said, parts=(plot, table), level=3)


def beside(world: WorldResult) -> Section:
    """Every detector on the same log."""
    rows = tuple(
        (
            name,
            estimated(grades.at[0].macro),
            _share(grades.alerts.precision),
            _share(grades.alerts.recall),
            _share(grades.alerts.fpr),
            estimated(grades.leakage.share),
            f"{grades.groups.recall.hits} of {grades.groups.recall.n}",
        )
        for name, grades in world.detectors.items()
    )
    head = ("detector", "TPR at 0.1 % FPR", "precision", "recall", "FPR", "leaked", "campaigns found")
    said = (
        "Graded alike, on the same log in the same run; each module names its source and what it leaves out."
    )
    table = Table(caption(world, "detectors beside each other"), head, rows)
    return Section("Beside other detectors", (said,), parts=(table,), level=3, brief=True)
