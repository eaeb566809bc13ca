"""A finding as a document of the Elastic Common Schema 8.17."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.alert import timestamp
from detector.exports import wording
from detector.exports.atlas import technique

if TYPE_CHECKING:
    from detector.exports.finding import Finding

VERSION: Final = "8.17.0"


def ecs(finding: Finding) -> dict[str, Any]:
    """`event.kind` is `alert`; fields of our own are below `stillwatch`."""
    found: dict[str, Any] = {
        "@timestamp": timestamp(finding.time),
        "ecs": {"version": VERSION},
        "event": _event(finding),
        "message": wording.sentence(finding),
        "rule": {
            "id": str(finding.alert.get("model_id", "")),
            "name": wording.title(finding),
            "version": finding.product.version,
        },
        "threat": _threat(finding),
        "observer": {
            "product": finding.product.name,
            "vendor": finding.product.vendor,
            "version": finding.product.version,
        },
        "tags": list(finding.case.tags) if finding.case else [],
        "stillwatch": _own(finding),
    }
    if not finding.is_campaign:
        found["user"] = {"id": finding.subject_id}
        found["related"] = {"user": [finding.subject_id]}
    return found


def _event(finding: Finding) -> dict[str, Any]:
    return {
        "kind": "alert",
        "category": ["threat"],
        "type": ["indicator"],
        "id": f"{finding.alert_id}:{finding.revision}",
        "action": f"finding-{finding.activity}",
        "module": "stillwatch",
        "dataset": "stillwatch.finding",
        "severity": 20 * finding.severity,
        "risk_score": round(100 * finding.score, 2),
        "start": timestamp(finding.first_seen),
        "end": timestamp(finding.last_seen),
        "reason": "; ".join(wording.evidence(finding)[:3]),
    }


def _threat(finding: Finding) -> dict[str, Any]:
    known = [technique(uid) for uid in finding.alert.get("techniques", ())]
    return {
        "framework": "MITRE ATLAS",
        "technique": {"id": [one.uid for one in known], "name": [one.name for one in known]},
        "tactic": {"id": [one.tactic_uid for one in known], "name": [one.tactic for one in known]},
    }


def _own(finding: Finding) -> dict[str, Any]:
    case = finding.case
    return {
        "alert_id": finding.alert_id,
        "kind": finding.alert["kind"],
        "subject_id": finding.subject_id,
        "campaign_id": finding.campaign_id,
        "label": finding.label,
        "score": finding.score,
        "accounts": finding.accounts,
        "exchanges": finding.exchanges,
        "leaked": finding.leaked,
        "status": wording.status_name(finding),
        "verdict": case.verdict if case else None,
        "assignee": (case.assignee or None) if case else None,
        "shadow": bool(finding.alert.get("shadow")),
    }
