"""Sections on what was never seen, what is not logged, and who evades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.adversary.prices import Prices
from detector.evaluate.report import evading
from detector.evaluate.report.document import Figure, Section, Table
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
            "They are about half the size of the shipped one. Where only the known is caught, the next new "
            "family is not."
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
            "An attacker varies one thing and leaves the rest. Accounts are taken to be lost at their alert: "
            "what they were answered before it is kept, and money spent on them is gone. Intervals are over "
            "campaigns, of which each point has a few: where all agree they are still wide."
        ),
        "What must be paid to stay below:",
    )
    families = list(dict.fromkeys(curve.family for curve in curves))
    figures = [
        Figure(f"Synthetic. {curve.family}: {curve.knob}, bars: 95 % interval", evading.evaded(curve))
        for curve in curves
        if curve.points
    ]
    tables = [_points([curve for curve in curves if curve.family == family]) for family in families]
    return Section(
        "What evasion costs",
        said,
        items=tuple(evading.price_of_staying_below(family, curves) for family in families),
        parts=(*figures, *tables, _price_list()),
        brief=True,
    )


def _points(curves: Sequence[Curve]) -> Table:
    head = (
        "varied",
        "value",
        "TPR at 0.1 % FPR",
        "accounts alerted",
        "campaigns alerted",
        "answers kept",
        "before first alert",
        "dollars for 1,000 answers",
        "for 1,000 kept",
        "relative cost",
    )
    rows = tuple(
        (
            curve.knob,
            f"{point.at:g}",
            f"{percent(point.tpr.value)} ({interval(point.tpr)})",
            f"{percent(point.alerted.value)} ({interval(point.alerted)})",
            f"{point.campaigns.hits} of {point.campaigns.n}",
            percent(point.kept),
            f"{point.before_first:,.0f}",
            f"{point.dollars:,.0f}",
            _dollars(point.dollars_kept),
            f"{point.cost:.2f}",
        )
        for curve in curves
        for point in curve.points
    )
    about = f"; {curves[0].about}" if curves[0].about else ""
    return Table(f"Synthetic. {curves[0].family}: what is varied{about}", head, rows)


def _dollars(found: float | None) -> str:
    """A price; none where nothing is bought."""
    return "nothing kept" if found is None else f"{found:,.0f}"


def _price_list() -> Table:
    rows = tuple((price.name, f"{price.dollars:g}", price.source) for price in Prices().listed())
    return Table(
        "Synthetic. What an attacker is taken to pay, US dollars", ("for", "dollars", "source"), rows
    )


def adaptive(found: AdaptiveResult) -> Section:
    """An attacker who searches."""
    said = (
        (
            f"A search against the product as a black box, family {found.family}, with {found.budget}: "
            "random strategies first, then small changes of the best. It looks for exchanges kept for a "
            "dollar, and each row is the best attack so far. A search finds luck, too: read the strategies "
            "on fresh campaigns."
        ),
    )
    searches = [found, *([found.worst] if found.worst else [])]
    parts: list[Figure | Table] = []
    if found.tried:
        parts.append(Figure("Synthetic. What each try was worth", evading.searched(found)))
    for search in searches:
        parts += [_compared(search)] if search.compared else []
        parts.append(_steps(search))
    return Section("An attacker who searches", said, parts=tuple(parts), brief=True)


def _steps(found: AdaptiveResult) -> Table:
    rows = tuple(
        (
            f"{s.queries:,}",
            s.change,
            percent(s.alerted.value),
            interval(s.alerted),
            f"{s.kept:.2f}",
            f"{s.cost:.2f}",
        )
        for s in found.steps
    )
    head = (
        "replays used",
        "what it changed",
        "accounts alerted",
        "95 % interval",
        "kept for a dollar",
        "relative cost",
    )
    return Table(f"Synthetic. The search: {found.budget}", head, rows)


def _compared(found: AdaptiveResult) -> Table:
    rows = tuple(
        (
            attack.name,
            f"{percent(attack.tpr.value)} ({interval(attack.tpr)})",
            f"{percent(attack.alerted.value)} ({interval(attack.alerted)})",
            f"{attack.campaigns.hits} of {attack.campaigns.n}",
            percent(attack.kept),
            f"{attack.dollars:,.0f}",
            _dollars(attack.dollars_kept),
        )
        for attack in found.compared
    )
    head = (
        "strategy",
        "TPR at 0.1 % FPR",
        "accounts alerted",
        "campaigns alerted",
        "answers kept",
        "dollars a campaign",
        "for 1,000 kept",
    )
    return Table(f"Synthetic. On fresh campaigns: {found.budget}", head, rows)
