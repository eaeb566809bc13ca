"""What happened since: revisions of alerts, and cases that people changed, as findings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from detector.alert import timestamp
from detector.casework.rows import load
from detector.exports.finding import Finding, decoded
from detector.exports.outbox.loading import dossiers_of
from detector.store.casework_schema import audit
from detector.store.part import batches
from detector.store.schema import alerts, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.alert import Kind
    from detector.casework.records import Case
    from detector.exports.finding import Activity, Product

_KINDS: Final[tuple[Kind, ...]] = ("account", "campaign")
_STANDING: Final = frozenset(("status", "verdict", "assignee", "merged_into"))
CASE: Final = "case"
ALERT: Final = "alert"


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding to be reported, and under what it is told from every other."""

    object_kind: str
    object_id: str
    finding: Finding


def campaign_of(connection: Connection, account_id: str) -> str | None:
    """The campaign that an account is held to be of, if it has a verdict that says so."""
    query = select(verdicts.c.campaign_id).where(verdicts.c.account_id == account_id)
    return connection.execute(query).scalar_one_or_none()


def alert_findings(
    connection: Connection, after: int, limit: int, product: Product
) -> tuple[list[Reported], int]:
    """Revisions of alerts after a version, and the version reached."""
    query = select(alerts).where(alerts.c.version > after).order_by(alerts.c.version).limit(limit)
    rows = connection.execute(query).all()
    said = [(decoded(row.body), alert_activity(row.revision, row.status), row.revision) for row in rows]
    found = _joined(connection, said, product)
    reported = [Reported(ALERT, one.alert_id, one) for one in found]
    return reported, rows[-1].version if rows else after


def case_findings(
    connection: Connection, after: int, limit: int, product: Product
) -> tuple[list[Reported], int]:
    """Cases that were changed after an entry of the audit, each as it is now, and the entry reached."""
    columns = (audit.c.number, audit.c.object_kind, audit.c.object_id, audit.c.after)
    query = select(*columns).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
    rows = connection.execute(query).all()
    latest = {row.object_id: row.number for row in rows if row.object_kind == CASE and _tells(row.after)}
    known = load(connection, latest)
    bodies = latest_alerts(connection, known)
    said = [
        (bodies.get(name) or _bare(case), _case_activity(case), latest[name]) for name, case in known.items()
    ]
    found = _joined(connection, said, product)
    reported = [Reported(CASE, one.alert_id, one) for one in found]
    return reported, rows[-1].number if rows else after


def finding_of(connection: Connection, name: str, product: Product) -> Finding | None:
    """The latest about an alert, a campaign or an account, by id; None where nothing was found."""
    mine = (alerts.c.alert_id == name) | (alerts.c.subject_id == name)
    latest = select(alerts.c.body, alerts.c.revision).where(mine).order_by(alerts.c.version.desc()).limit(1)
    row = connection.execute(latest).one_or_none()
    if row is None:
        return None
    alert = decoded(row.body)
    case = load(connection, [alert["alert_id"]]).get(alert["alert_id"])
    activity = alert_activity(row.revision, alert["status"]) if case is None else _case_activity(case)
    return _joined(connection, [(alert, activity, row.revision)], product)[0]


def latest_alerts(connection: Connection, ids: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The latest revision of each alert, by id, as far as it was kept."""
    found: dict[str, dict[str, Any]] = {}
    for batch in batches(ids):
        last = select(func.max(alerts.c.version)).where(alerts.c.alert_id.in_(batch))
        query = select(alerts.c.alert_id, alerts.c.body).where(
            alerts.c.version.in_(last.group_by(alerts.c.alert_id))
        )
        found.update((row.alert_id, decoded(row.body)) for row in connection.execute(query))
    return found


def _tells(after: bytes | None) -> bool:
    """Whether an entry says something of how a case stands; comments and tags are for those who triage."""
    return after is not None and not _STANDING.isdisjoint(json.loads(after))


def _joined(
    connection: Connection, said: Sequence[tuple[dict[str, Any], Activity, int]], product: Product
) -> list[Finding]:
    known = load(connection, [alert["alert_id"] for alert, _, _ in said])
    papers = {
        kind: dossiers_of(
            connection, kind, [alert["subject_id"] for alert, _, _ in said if alert["kind"] == kind]
        )
        for kind in _KINDS
    }
    return [
        Finding(
            alert,
            known.get(alert["alert_id"]),
            papers[alert["kind"]].get(alert["subject_id"]),
            activity,
            revision,
            product,
        )
        for alert, activity, revision in said
    ]


def alert_activity(revision: int, status: str) -> Activity:
    """What a revision of an alert reports: an alert that is cleared is closed until it is raised again."""
    if status == "cleared":
        return "close"
    return "create" if revision == 1 else "update"


def _case_activity(case: Case) -> Activity:
    return "close" if case.status == "closed" else "update"


def _bare(case: Case) -> dict[str, Any]:
    """What a case says of its alert, whose revisions are kept for some time only."""
    return {
        "alert_id": case.case_id,
        "revision": case.revision,
        "time": timestamp(case.last_seen),
        "kind": case.kind,
        "subject_id": case.subject_id,
        "label": case.label,
        "score": case.score,
        "status": case.alert_status,
        "techniques": [],
        "reasons": [],
    }
