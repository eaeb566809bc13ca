"""A finding as OCSF 1.5.0 Detection Finding, class 2004, with the profile `incident`.

The profile `ai_operation` came with 1.8.0, and no release applies it to findings: its `ai_model` is therefore
in `unmapped`, and whose models are asked is in `resources`, which validates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.exports import wording
from detector.exports.atlas import technique
from detector.exports.ocsf.analyses import anomaly_analyses
from detector.exports.ocsf.artifacts import ai_models, evidences, observables, resources
from detector.exports.ocsf.codes import ACTIVITY_IDS, incident, levels, status

if TYPE_CHECKING:
    from detector.exports.finding import Finding

VERSION: Final = "1.5.0"
CLASS: Final = 2004
CATEGORY: Final = 2
_LEARNING: Final = (4, "Learning (ML/DL)")


def detection_finding(finding: Finding) -> dict[str, Any]:
    """The event; lists that would be empty are left out."""
    activity_id, activity = ACTIVITY_IDS[finding.activity]
    event = {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": CATEGORY,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "type_uid": 100 * CLASS + activity_id,
        "type_name": f"Detection Finding: {activity}",
        "time": finding.time,
        "start_time": finding.first_seen,
        "end_time": finding.last_seen,
        "message": wording.sentence(finding),
        "metadata": _metadata(finding),
        "finding_info": _finding_info(finding),
        "unmapped": _unmapped(finding),
        **levels(finding),
        **status(finding),
        **incident(finding),
    }
    lists = {
        "anomaly_analyses": anomaly_analyses(finding),
        "evidences": evidences(finding),
        "observables": observables(finding),
        "resources": resources(finding),
    }
    first = {"is_alert": True} if finding.activity == "create" else {}
    return event | first | {name: found for name, found in lists.items() if found}


def _metadata(finding: Finding) -> dict[str, Any]:
    product = finding.product
    return {
        "version": VERSION,
        "profiles": ["incident"],
        "uid": f"{finding.alert_id}:{finding.revision}:{finding.activity}",
        "correlation_uid": finding.campaign_id or finding.alert_id,
        "event_code": f"{finding.label}.{finding.alert['kind']}",
        "sequence": finding.revision,
        "original_time": str(finding.alert["time"]),
        "log_name": "LLM API usage",
        "log_provider": product.name,
        "product": {"name": product.name, "vendor_name": product.vendor, "version": product.version},
    }


def _finding_info(finding: Finding) -> dict[str, Any]:
    type_id, kind = _LEARNING
    found: dict[str, Any] = {
        "uid": finding.alert_id,
        "title": wording.title(finding),
        "desc": wording.sentence(finding),
        "types": [wording.class_name(finding.label)],
        "data_sources": ["LLM API usage log"],
        "analytic": {
            "name": f"{finding.product.name} model",
            "uid": str(finding.alert.get("model_id") or "unknown"),
            "type_id": type_id,
            "type": kind,
            "version": finding.product.version,
        },
        "first_seen_time": finding.first_seen,
        "last_seen_time": finding.last_seen,
        "modified_time": finding.time,
    }
    if finding.exchanges:
        found["related_events_count"] = finding.exchanges
    if techniques := finding.alert.get("techniques"):
        found["attacks"] = [_attack(uid) for uid in techniques]
    if finding.case is not None and finding.case.tags:
        found["tags"] = [{"name": "tag", "values": list(finding.case.tags)}]
    return found


def _attack(uid: str) -> dict[str, Any]:
    """As the object `attack`: a sub-technique stands beside its technique, both below their tactic."""
    known = technique(uid)
    named = {"uid": known.uid, "name": known.name, "src_url": known.url}
    tactic = {"tactic": {"uid": known.tactic_uid, "name": known.tactic}} if known.tactic_uid else {}
    if known.parent_uid is None:
        return tactic | {"technique": named}
    parent = {"uid": known.parent_uid, "name": known.parent}
    return tactic | {"technique": parent, "sub_technique": named}


def _unmapped(finding: Finding) -> dict[str, Any]:
    found = {
        "shadow": bool(finding.alert.get("shadow")),
        "kind": finding.alert["kind"],
        "accounts": finding.accounts,
        "leaked_exchanges": finding.leaked,
        "verdict": finding.case.verdict if finding.case else None,
        "ai_model": ai_models(finding),
    }
    return {name: value for name, value in found.items() if value not in (None, [])}
