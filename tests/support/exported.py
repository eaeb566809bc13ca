"""Findings to export, and what a store holds of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from detector.alert import Alert, Reason
from detector.casework.records import Case
from detector.dossier.bodies import packed
from detector.dossier.records import (
    AccountDossier,
    CampaignDossier,
    LinkedObject,
    MemberShown,
    Moment,
    Pointer,
    ShownObject,
    Weighed,
)
from detector.exports.finding import Finding, Product
from detector.store.audit_chain import append
from detector.store.audit_entry import Entry
from detector.store.casework_schema import cases
from detector.store.dossier_schema import dossiers
from detector.store.findings import AlertRecord, Findings
from detector.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.alert import Kind
    from detector.store.database import Database
    from detector.store.findings import VerdictRecord

NOW: Final = 1_790_000_000_000
START: Final = 1_780_000_000_000
PRODUCT: Final = Product("1.2.3", operator="Acme AI")


def alert_of(kind: Kind = "campaign", subject: str = "cmp_1", **changes: Any) -> Alert:
    """A revision of an alert about extraction."""
    values: dict[str, Any] = {
        "revision": 1,
        "time": START + 3_600_000,
        "label": "distillation",
        "score": 0.97,
        "status": "open",
        "reasons": (
            Reason("coverage", 2.5, "share of a template's variants 0.8; usual 0.01 (0 to 0.05)"),
            Reason("baseline", -3.0, "an account of which nothing is known"),
        ),
        "model_id": "mdl_1",
        "shadow": True,
        "techniques": ("AML.T0024.002", "AML.T0040"),
    }
    return Alert(subject, kind, **(values | changes))


def case_of(alert: Alert, **changes: Any) -> Case:
    """A new case of an alert."""
    values: dict[str, Any] = {
        "case_id": alert.alert_id,
        "kind": alert.kind,
        "subject_id": alert.subject_id,
        "campaign_id": "cmp_1",
        "label": alert.label,
        "score": alert.score,
        "severity": 4,
        "alert_status": alert.status,
        "revision": alert.revision,
        "first_seen": START,
        "last_seen": START + 7_200_000,
        "accounts": 3,
        "exchanges": 5000,
        "leaked": 1200,
        "opened": NOW,
        "status": "new",
        "verdict": None,
        "confidence": None,
        "judged_by": None,
        "judged": None,
        "assignee": None,
        "due": NOW + 3_600_000,
        "closed": None,
        "merged_into": None,
        "queue": "open",
        "rank": 1,
        "version": 1,
    }
    return Case(**(values | changes))


def account_dossier(account_id: str = "acc-1", **changes: Any) -> AccountDossier:
    """Of an account that shares a payment method."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "time": START + 3_600_000,
        "label": "distillation",
        "score": 0.97,
        "relay": 0.01,
        "campaign_id": "cmp_1",
        "model_id": "mdl_1",
        "requests": 420,
        "answered": 400,
        "leaked": 90,
        "first_seen": START,
        "last_seen": START + 7_200_000,
        "first_alert": START + 3_600_000,
        "rest": -3.0,
        "features": (
            Weighed("coverage", 2.5, 0.8, 0.0, 0.01, 0.05),
            Weighed("tempo", 0.4, 3.0, None, None, None),
            Weighed("variety", -0.2, None, 0.1, 0.2, 0.3),
        ),
        "objects": (ShownObject("payment:9f", "payment", 400, 3),),
        "facts": {"models": "about 3", "busiest day": "120 requests"},
        "against": (Pointer("benchmark", "an evaluation harness would look alike"),),
    }
    return AccountDossier(**(values | changes))


def campaign_dossier(members: int = 3, **changes: Any) -> CampaignDossier:
    """Of accounts that share a payment method."""
    values: dict[str, Any] = {
        "campaign_id": "cmp_1",
        "time": START + 3_600_000,
        "label": "distillation",
        "status": "open",
        "score": 0.97,
        "sentence": "Three accounts walk through one template with a shared payment method.",
        "accounts": members,
        "requests": 5200,
        "answered": 5000,
        "leaked": 1200,
        "first_seen": START,
        "last_seen": START + 7_200_000,
        "first_alert": START + 3_600_000,
        "action": "review",
        "techniques": ("AML.T0024.002",),
        "indicators": (Pointer("coordinated", "3 accounts with one payment method"),),
        "against": (Pointer("enterprise", "several keys of one company would look alike"),),
        "objects": (LinkedObject("payment:9f", "payment", members, 0, 5000, 7.5),),
        "members": tuple(
            MemberShown(f"acc-{at}", 0.9, 1700, 1600, START, START + 9_000_000 if at == 0 else 0, (0,))
            for at in range(members)
        ),
        "template": ("Explain {slot} step by step",),
        "infrastructure": (ShownObject("client:77", "client", 5000, members),),
        "moments": (
            Moment(START, "joined", "acc-0"),
            Moment(START + 3_600_000, "alert", "score 0.97"),
            Moment(START + 9_000_000, "ban", "acc-0"),
        ),
        "merged": (),
        "split_from": None,
    }
    return CampaignDossier(**(values | changes))


def finding_of(kind: Kind = "campaign", *, bare: bool = False, **changes: Any) -> Finding:
    """A finding with a case and a dossier, or with neither."""
    subject = changes.pop("subject", "cmp_1" if kind == "campaign" else "acc-1")
    case_changes = changes.pop("case", {})
    activity = changes.pop("activity", "create")
    alert = alert_of(kind, subject, **changes)
    if bare:
        return Finding(alert.to_json(), None, None, activity, alert.revision, PRODUCT)
    dossier = campaign_dossier() if kind == "campaign" else account_dossier(subject)
    case = case_of(alert, **case_changes)
    return Finding(alert.to_json(), case, dossier, activity, alert.revision, PRODUCT)


def conclude(url: str, *alerts: Alert, verdicts: Sequence[VerdictRecord] = ()) -> None:
    """Store revisions of alerts, and verdicts, as the leader does."""
    store = open_store(url)
    try:
        lease = store.lead("leader", 0, 1_000_000)
        assert lease is not None
        records = [
            AlertRecord(
                one.alert_id,
                one.revision,
                one.time,
                one.kind,
                one.subject_id,
                one.label,
                one.score,
                one.status,
                json.dumps(one.to_json()).encode(),
            )
            for one in alerts
        ]
        store.conclude(lease, Findings(1, alerts=records, verdicts=verdicts), NOW)
    finally:
        store.close()


def keep(database: Database, case: Case) -> None:
    """Store a case as it is now."""
    row = {name: getattr(case, name) for name in cases.c.keys() if hasattr(case, name)}  # noqa: SIM118 - no mapping
    row["assignee"] = case.assignee or ""
    with database.writing() as connection:
        database.upsert(connection, cases, [row])


def keep_dossier(
    database: Database, kind: Kind, subject: str, dossier: AccountDossier | CampaignDossier
) -> None:
    """Store a dossier as the leader does."""
    row = {"kind": kind, "subject_id": subject, "time": dossier.time, "body": packed(dossier)}
    with database.writing() as connection:
        database.upsert(connection, dossiers, [row])


def audited(database: Database, case_id: str, before: object, after: object) -> None:
    """Somebody changed a case."""
    entry = Entry(
        NOW, "u_1", "change", "case", case_id, json.dumps(before).encode(), json.dumps(after).encode()
    )
    with database.writing() as connection:
        append(connection, [entry])
