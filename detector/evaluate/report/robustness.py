"""Sections on what was never seen, what is not logged, and who evades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.report.document import Figure, Section, Table
from detector.evaluate.report.plots import evasion
from detector.evaluate.report.words import cells, claim, estimated, interval, listed, percent, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.evaluate.results import AdaptiveResult, Curve, LeftOut, Level, MissingField, Summary


def left_out(found: Sequence[LeftOut], worlds: Sequence[str]) -> Section:
    """Families and archetypes that the model had never seen."""
    said = (
        (
            "Each family and archetype in turn was kept out of training and scored by a model that never saw "
            "it, beside models that knew others of its kind. No model scored an account that it learnt from. "
            "Features were rounded to 250 levels. Where only the known is caught, the next new family is not."
        ),
    )
    parts = [
        Table(
            f"Synthetic. Worlds {listed(worlds)}: {title}",
            head,
            tuple(_left(item) for item in found if item.kind == kind),
        )
        for kind, title, head in (
            ("family", "attack families, what is caught", _left_head("family", "caught")),
            ("archetype", "honest archetypes, false positives", _left_head("archetype", "above the cut")),
        )
        if any(item.kind == kind for item in found)
    ]
    return Section("Never seen before", said, parts=tuple(parts), brief=True)


def _left_head(kind: str, above: str) -> tuple[str, ...]:
    found = (f"{above} at 0.1 % FPR, left out", "95 % interval", "accounts", "known")
    return (
        kind,
        *found,
        "alerted, left out",
        "known",
        *(("claim, left out",) if kind == "archetype" else ()),
    )


def _left(item: LeftOut) -> tuple[str, ...]:
    others = (percent(rate.value) for rate in (item.above_cut_known, item.alerted, item.alerted_known))
    claimed = (claim(item.alerted),) if item.kind == "archetype" else ()
    return (item.name, *cells(item.above_cut), *others, *claimed)


_HEAD = ("TPR at 0.1 % FPR", "alert precision", "alert recall", "FPR")


def _summary(found: Summary) -> tuple[str, ...]:
    return (estimated(found.tpr), told(found.precision), told(found.recall), told(found.fpr))


def privacy(levels: Sequence[Level], world: str) -> Section:
    """The three privacy levels."""
    said = (
        (
            "Content: the text is in the log. Sketch: the gateway sends keyed hashes and scores of it, and "
            "the text stays there. Metadata: neither. Same model and thresholds, same world."
        ),
    )
    rows = tuple((level.name, *_summary(level.figures), _loss(level, levels[0])) for level in levels)
    table = Table(
        f"Synthetic. World {world}: what each privacy level keeps", ("level", *_HEAD, "TPR lost"), rows
    )
    return Section("Without the text", said, parts=(table,), brief=True)


def _loss(level: Level, content: Level) -> str:
    if level.figures.tpr is None or content.figures.tpr is None:
        return percent(None)
    lost = 100 * (content.figures.tpr.value - level.figures.tpr.value)
    return f"{lost:.1f} points"


def missing(fields: Sequence[MissingField], world: str) -> Section:
    """Metadata fields that a gateway may not log."""
    said = ("One group of fields at a time is removed from the log; the first row has all of them.",)
    rows = tuple((field.name, ", ".join(field.fields), *_summary(field.figures)) for field in fields)
    table = Table(
        f"Synthetic. World {world}: what each missing field costs", ("missing", "fields", *_HEAD), rows
    )
    return Section("Missing fields", said, parts=(table,))


def evaded(curves: Sequence[Curve]) -> Section:
    """What evasion buys and costs."""
    said = (
        (
            "An attacker varies one thing. The cost is for each answered exchange, relative to the first "
            "point of a curve: an evasion that multiplies it has been made to pay."
        ),
    )
    parts: list[Figure | Table] = []
    for curve in curves:
        about = f"Synthetic. {curve.family}: {curve.knob} ({curve.unit})"
        rows = tuple(
            (f"{point.at:g}", *cells(point.tpr), told(point.alerted), f"{point.cost:.2f}")
            for point in curve.points
        )
        head = (curve.knob, "TPR at 0.1 % FPR", "95 % interval", "accounts", "alerted", "relative cost")
        parts += [Figure(about, evasion(curve.knob, curve.points))] if curve.points else []
        parts.append(Table(about, head, rows))
    return Section("What evasion costs", said, parts=tuple(parts), brief=True)


def adaptive(found: AdaptiveResult) -> Section:
    """An attacker who searches."""
    said = (
        (
            f"A search against the product as a black box, family {found.family}, with {found.budget}. Each "
            "row is the best attack so far."
        ),
    )
    rows = tuple(
        (f"{s.queries:,}", s.change, percent(s.alerted.value), interval(s.alerted), f"{s.cost:.2f}")
        for s in found.steps
    )
    head = ("replays used", "what it changed", "accounts alerted", "95 % interval", "relative cost")
    return Section(
        "An attacker who searches", said, parts=(Table("Synthetic. The search", head, rows),), brief=True
    )
