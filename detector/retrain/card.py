"""The card of a challenger: what it learnt from, how it compares, and whether it may replace the champion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from detector.evaluate.rates import Rate
from detector.evaluate.report.document import Figure, Section, Table
from detector.evaluate.report.plots import reliability, shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from detector.retrain.checks import Check
    from detector.retrain.outcome import Outcome

_HEAD: Final = ("what", "measure", "accounts", "champion", "challenger", "difference, interval", "passed")


def as_markdown(outcome: Outcome, built: date) -> str:
    """The card in text."""
    return _render("train_card.md.jinja", outcome, built, html=False)


def as_html(outcome: Outcome, built: date) -> str:
    """The card with its plots, without script or outside resource."""
    return _render("train_card.html.jinja", outcome, built, html=True)


def sections(outcome: Outcome) -> Iterator[Section]:
    """All sections, in order."""
    yield _decision(outcome)
    yield _labels(outcome)
    yield _compared(outcome.gate.checks)
    yield _fair(outcome)
    yield Section(
        "Calibration",
        (_calibrated(outcome),),
        parts=(Figure("Challenger, accounts that it was judged on", reliability(outcome.reliability.bins)),),
    )
    if outcome.ablations:
        rows = tuple((one.without or "nothing", f"{one.macro_tpr:.1%}") for one in outcome.ablations)
        caption = "Mean TPR over families at 0.1 % FPR, out of fold, smaller models"
        yield Section("Without groups of features", parts=(Table(caption, ("left out", "TPR"), rows),))
    yield Section("Learnt from", items=tuple(_learnt_from(outcome.lineage["sample"])))
    yield Section("Lineage", items=tuple(f"{name}: `{told}`" for name, told in _lineage(outcome.lineage)))


def _calibrated(outcome: Outcome) -> str:
    before, after = outcome.reliability.champion_ece, outcome.reliability.challenger_ece
    return (
        f"Expected calibration error of the champion {before:.4f}, of the challenger {after:.4f}, on "
        "accounts that taught neither."
    )


def _decision(outcome: Outcome) -> Section:
    gate = outcome.gate
    said = "may replace" if gate.passed else "must not replace"
    items = tuple(f"{one.dimension} {one.name}: {one.why}" for one in gate.refusals)
    return Section("Decision", (f"Challenger `{gate.challenger}` {said} champion `{gate.champion}`.",), items)


def _labels(outcome: Outcome) -> Section:
    told = outcome.labels
    items = [f"{name}: {count} accounts" for name, count in told.labels.items()]
    items += [
        f"labels of accounts that the traffic does not have: {told.unknown}",
        f"accounts on which people disagree: {told.conflicts}",
        f"accusations that are wrong, by estimate out of fold: {told.accused_wrongly:.1%}; none was dropped",
        f"other labels that are wrong, by the same estimate: {told.cleared_wrongly:.1%}",
    ]
    items += [
        f"Cut: {kind} {name} from {before:.1%} to {after:.1%} of the weight"
        for kind, name, before, after in told.cut
    ]
    authors = tuple(
        (name, str(labels), str(hits), f"{p_value:.2g}", "yes" if name in told.suspected else "no")
        for name, (labels, hits, p_value) in told.authors.items()
    )
    head = ("author", "labels", "contradicted", "p", "suspected")
    return Section("Labels", items=tuple(items), parts=(Table("Authors of labels", head, authors),))


def _compared(checks: Sequence[Check]) -> Section:
    rows = tuple(_row(check) for check in checks)
    families = {
        check.name: Rate.of(round(check.challenger * check.n), check.n)
        for check in checks
        if check.dimension in {"family", "held-out"}
    }
    drawn = shares("Challenger by family", "TPR at 0.1 % FPR", families)
    parts = (Figure("TPR at 0.1 % FPR with Wilson intervals", drawn),) if families else ()
    return Section("Champion and challenger", parts=(*parts, Table("All checks of the gate", _HEAD, rows)))


def _row(check: Check) -> tuple[str, ...]:
    return (
        f"{check.dimension}: {check.name}", check.measure, f"{check.n:,}", f"{check.champion:.2%}",
        f"{check.challenger:.2%}", f"{check.low:+.2%} to {check.high:+.2%}", "yes" if check.passed else "no",
    )  # fmt: skip


def _fair(outcome: Outcome) -> Section:
    rows = tuple(
        (one.dimension, f"{one.lowest:.2%}", f"{one.highest:.2%}", one.worst) for one in outcome.fairness
    )
    head = ("slice", "lowest", "highest", "highest of")
    return Section("Fairness", parts=(Table("Honest accounts alerted by the challenger", head, rows),))


def _learnt_from(sample: dict[str, list[int]]) -> Iterator[str]:
    for name, (taken, known) in sample.items():
        drawn = ", drawn by lot within each kind, which keeps its weight" if taken < known else ""
        yield f"{taken:,} of {known:,} rows of {name}{drawn}"


def _lineage(lineage: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, str(told)) for name, told in lineage.items() if not isinstance(told, dict))


def _render(template: str, outcome: Outcome, built: date, *, html: bool) -> str:
    environment = Environment(
        loader=PackageLoader("detector"),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701 - Markdown has no markup of HTML to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cell": lambda said: " ".join(str(said).replace("|", "/").split()),
        "marked": lambda said: said.replace("`", ""),
    }
    page = environment.get_template(template)
    return page.render(outcome=outcome, sections=list(sections(outcome)), built=built)
