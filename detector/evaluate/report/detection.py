"""Sections on accounts: what is caught at low FPR, who is alerted wrongly, and what becomes of relays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.report.document import Figure, Section, Table
from detector.evaluate.report.plots import roc, shares
from detector.evaluate.report.words import caption, cells, claim, estimated, listed, percent, told
from detector.evaluate.results import OURS

if TYPE_CHECKING:
    from detector.evaluate.results import WorldResult


def caught(world: WorldResult) -> Section:
    """TPR at low FPR, and by family."""
    at = world.detectors[OURS].at[0]
    alerted, leaked = world.detectors[OURS].alerts.families, world.detectors[OURS].leakage.families
    rows = tuple(
        (name, *cells(rate), percent(alerted[name].value), percent(leaked.get(name)))
        for name, rate in at.families.items()
    )
    head = ("family", "TPR at 0.1 % FPR", "95 % interval", "accounts", "alerted", "leaked")
    said = (
        (
            "A cut is the lowest score that at most the stated share of honest accounts exceeds. The mean "
            "over families counts each family the same; its interval comes from resampling honest accounts "
            "one by one, campaigns within families and accounts within campaigns. Intervals of single "
            "families (Wilson) take accounts as independent, which those of one campaign are not: they are "
            "too narrow."
        ),
    )
    curves = {name: grades.roc for name, grades in world.detectors.items() if grades.roc}
    table = Table(caption(world, "what is caught, by family of attack"), head, rows)
    plots = (
        Figure(
            caption(world, "mean TPR over families at low FPR, bars: 95 % interval of the first"), roc(curves)
        ),
        Figure(
            caption(world, "TPR at 0.1 % FPR by family"),
            shares("TPR by family", "share of the family's accounts above the cut", at.families),
        ),
    )
    return Section("What is caught", said, _cuts(world), (*plots, table), level=3, brief=True)


def _cuts(world: WorldResult) -> tuple[str, ...]:
    found = []
    for at in world.detectors[OURS].at:
        note = "" if at.supported else " (no claim: too few honest accounts)"
        found.append(
            f"At {percent(at.fpr)} FPR (cut {at.cut:.4f}){note}: mean over families {estimated(at.macro)}, "
            f"all accounts {told(at.accounts)}, weighted by requests {percent(at.by_requests)}, "
            f"relay accounts above the cut {told(at.relays)}."
        )
    return tuple(found)


def alerted(world: WorldResult) -> Section:
    """Alerts: whether they are right, and whom the wrong ones hit."""
    alerts = world.detectors[OURS].alerts
    right = (
        ("alerts on distillation accounts, relays left out", *cells(alerts.precision)),
        ("alerts on distillation accounts, relays counted as mistakes", *cells(alerts.precision_with_relays)),
        ("distillation accounts alerted", *cells(alerts.recall)),
        ("honest accounts alerted", *cells(alerts.fpr)),
        ("honest accounts alerted at any time, cleared ones too", *cells(alerts.fpr_ever)),
        *(
            (f"first {budget.a_day} new alerts of each of {budget.days} days", *cells(budget.precision))
            for budget in alerts.budgets
        ),
    )
    worst = f"Worst archetype: {alerts.worst}." if alerts.worst else "No honest account was alerted."
    said = (
        (
            "At the thresholds in use, over the whole log. The precision depends on how many attackers the "
            "world holds, so it says nothing of another mixture. Of a day's new alerts the first are taken, "
            "in order of time; an alert on a relay account is a mistake there."
        ),
        (
            f"{worst} A claim needs accounts: without one alarm, 3 / n bounds the rate at 95 % (rule of "
            "three), so 0.5 % takes 600 accounts and 0.1 % takes 3,000, if they are independent."
        ),
    )
    table = Table(caption(world, "alerts"), ("", "share", "95 % interval", "accounts"), right)
    return Section("Alerts", said, parts=(table, *_archetypes(world)), level=3, brief=True)


def _archetypes(world: WorldResult) -> tuple[Figure | Table, ...]:
    archetypes = world.detectors[OURS].alerts.archetypes
    order = sorted(archetypes.items(), key=lambda item: (-item[1].value, item[0]))
    rows = tuple((name, *cells(rate), claim(rate)) for name, rate in order)
    head = ("honest archetype", "alerted", "95 % interval", "accounts", "claim")
    said = caption(world, "honest accounts alerted, by archetype")
    drawn = shares(
        "Alerted honest accounts", "share alerted, logarithmic; hollow: none", dict(order), log=True
    )
    return (Figure(said, drawn), Table(said, head, rows)) if rows else ()


def relays(world: WorldResult) -> Section:
    """What becomes of relay accounts."""
    found = world.detectors[OURS].relays
    rows = (
        ("pure relay accounts labelled relay", *cells(found.pure_labelled)),
        ("pure relay accounts alerted as distillation", *cells(found.pure_alerted)),
        ("all relay accounts labelled relay", *cells(found.labelled)),
        ("all relay accounts alerted as distillation", *cells(found.alerted)),
    )
    families = listed(f"{name} {percent(tpr)}" for name, tpr in found.strict_families.items())
    said = (
        (
            "A relay resells access; pure ones belong to pools that carry no campaign. With the cut also "
            "above all but 2 % of pure relay accounts, the mean TPR at 0.1 % FPR is "
            f"{percent(found.strict_tpr)} ({families})."
        ),
    )
    table = Table(caption(world, "relay accounts"), ("", "share", "95 % interval", "accounts"), rows)
    return Section("Relays", said, parts=(table,), level=3)
