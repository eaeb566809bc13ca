"""What a revision of an alert makes of its case: rules without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from detector.casework.records import Case
from detector.casework.severity import Stakes, patience, rank_of, severity_of
from detector.casework.statuses import SETTLED

if TYPE_CHECKING:
    from detector.alert import Kind
    from detector.casework.statuses import Status
    from detector.store.findings import AlertRecord

CHANGED: Final = "changed-since-closed"
"""tag of a case whose alert became worse after it was closed"""
NOTABLE: Final = 0.05
"""by how much a score rises until it counts as worse: less is noise between ticks"""
_LABELS: Final = ("benign", "relay", "distillation")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dossier knows beside the alert. Times in ms of event time."""

    campaign_id: str | None
    accounts: int
    exchanges: int
    leaked: int
    first_seen: int
    last_seen: int


def begun(alert: AlertRecord, kind: Kind, now: int) -> Case:
    """A case that nobody has looked at; figures follow by `with_figures`."""
    case = Case(
        case_id=alert.alert_id,
        kind=kind,
        subject_id=alert.subject_id,
        campaign_id=alert.subject_id if kind == "campaign" else None,
        label=alert.label,
        score=alert.score,
        severity=0,
        alert_status=alert.status,
        revision=alert.revision,
        first_seen=alert.time,
        last_seen=alert.time,
        accounts=1,
        exchanges=0,
        leaked=0,
        opened=now,
        status="new",
        verdict=None,
        confidence=None,
        judged_by=None,
        judged=None,
        assignee=None,
        due=0,
        closed=None,
        merged_into=None,
        queue="open",
        rank=0,
        version=1,
    )
    weighed = _weighed(case)
    return replace(weighed, due=now + patience(weighed.severity))


def revised(case: Case, alert: AlertRecord, now: int) -> Case:
    """The case after a revision of its alert; an older one changes nothing."""
    if alert.revision <= case.revision:
        return case
    after = replace(
        case,
        label=alert.label,
        score=alert.score,
        alert_status=alert.status,
        revision=alert.revision,
        last_seen=max(case.last_seen, alert.time),
    )
    return _followed(case, after, now)


def with_figures(case: Case, found: Figures, now: int) -> Case:
    """The case with what its dossier knows."""
    after = replace(
        case,
        campaign_id=case.subject_id if case.kind == "campaign" else found.campaign_id,
        accounts=found.accounts,
        exchanges=found.exchanges,
        leaked=found.leaked,
        first_seen=min(found.first_seen or case.first_seen, case.first_seen),
        last_seen=max(found.last_seen, case.last_seen),
    )
    return _followed(case, after, now)


def bears(before: Case, after: Case) -> bool:
    """Whether a change by the detector is one that a decision may hang on."""
    names = ("label", "severity", "alert_status", "campaign_id", "status", "queue", "tags")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _followed(before: Case, after: Case, now: int) -> Case:
    """With what follows for severity, for when it is due, and for a case that is closed."""
    weighed = _weighed(after)
    timed = replace(weighed, due=_due(before, weighed, now))
    return _told(before, timed, now) if before.status == "closed" else timed


def _weighed(case: Case) -> Case:
    at = Stakes(case.kind, case.label, case.score, case.alert_status, case.accounts, case.leaked)
    severity = severity_of(at)
    return replace(case, severity=severity, rank=rank_of(at, severity))


def _due(before: Case, after: Case, now: int) -> int:
    """Sooner when it becomes more severe, and not before there was time to look."""
    if after.severity > before.severity:
        return min(before.due, now + patience(after.severity))
    if after.severity < before.severity:
        return max(before.due, before.opened + patience(after.severity))
    return before.due


def _told(before: Case, after: Case, now: int) -> Case:
    """A closed case whose alert became worse: tagged, and open again unless it was settled as harmless."""
    rises = after.severity > (after.closed_severity or 0)
    if not rises and not _worse(before, after):
        return after
    tagged = replace(
        after,
        tags=tuple(sorted({*after.tags, CHANGED})),
        closed_label=after.label,
        closed_score=after.score,
        closed_severity=after.severity,
    )
    if after.verdict in SETTLED and not rises:
        return tagged
    status: Status = "new" if after.assignee is None else "in_progress"
    return replace(tagged, status=status, closed=None, due=now + patience(after.severity))


def _worse(before: Case, after: Case) -> bool:
    if after.alert_status != "open":
        return False
    came_back = before.alert_status != "open"
    label_rose = _place(after.label) > _place(after.closed_label or "")
    return came_back or label_rose or after.score >= (after.closed_score or 0.0) + NOTABLE


def _place(label: str) -> int:
    return _LABELS.index(label) if label in _LABELS else -1
