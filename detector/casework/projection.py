"""Alerts and dossiers into cases, in a transaction that holds the audit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from detector.casework.changing import settled
from detector.casework.coverage import covering
from detector.casework.facts import facts
from detector.casework.figures import campaigns_of, figures_of
from detector.casework.projecting import bears, begun, revised, with_figures
from detector.casework.rows import COLUMNS, add, load, store
from detector.casework.work import Deed
from detector.store.audit_chain import append

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.alert import Kind
    from detector.casework.records import Case
    from detector.store.findings import AlertRecord

DETECTOR: Final = "detector"
"""who changed a case that no person changed"""
_KINDS: Final[tuple[Kind, ...]] = ("account", "campaign")
_WRITTEN: Final = tuple(name for name in COLUMNS if name not in {"case_id", "kind", "subject_id", "opened"})


def take_alerts(connection: Connection, found: Sequence[AlertRecord], now: int) -> None:
    """Cases as after these revisions; alerts of a kind that this release does not know have none."""
    before = load(connection, {alert.alert_id for alert in found})
    after = dict(before)
    for alert in found:
        kind = next((one for one in _KINDS if one == alert.kind), None)
        if alert.alert_id in after:
            after[alert.alert_id] = revised(after[alert.alert_id], alert, now)
        elif kind is not None:
            after[alert.alert_id] = begun(alert, kind, now)
    _write(connection, before, _informed(connection, after.values(), now), now)


def refresh(connection: Connection, ids: Iterable[str], now: int) -> None:
    """Cases as their dossiers are."""
    before = load(connection, ids)
    _write(connection, before, _informed(connection, before.values(), now), now)


def _informed(connection: Connection, some: Iterable[Case], now: int) -> list[Case]:
    """With figures, so far as there are any."""
    listed = list(some)
    known = figures_of(connection, [(case.kind, case.subject_id) for case in listed])
    homes = campaigns_of(connection, [case for case in listed if (case.kind, case.subject_id) not in known])
    informed = []
    for case in listed:
        found = known.get((case.kind, case.subject_id))
        home = case.campaign_id or homes.get(case.subject_id)
        informed.append(replace(case, campaign_id=home) if found is None else with_figures(case, found, now))
    return informed


def _write(connection: Connection, before: Mapping[str, Case], after: Sequence[Case], now: int) -> None:
    covered = covering(connection, after, now)
    placed = [settled(before.get(case.case_id, case), case, covered.get(case.case_id)) for case in after]
    add(connection, [case for case in placed if case.case_id not in before])
    known = [_numbered(before[case.case_id], case) for case in placed if case.case_id in before]
    store(connection, before, known, _WRITTEN)
    told = [case for case in known if facts(case) != facts(before[case.case_id])]
    entries = [_deed(case, now).entry(before[case.case_id], case) for case in told]
    append(connection, entries)


def _numbered(before: Case, after: Case) -> Case:
    return replace(after, version=before.version + 1) if bears(before, after) else after


def _deed(after: Case, now: int) -> Deed:
    reopened = after.status != "closed"
    said = "the alert became worse after the case was closed"
    return Deed(DETECTOR, "reopen" if reopened else "tag", said, now)
