"""Our statuses, verdicts and severities as OCSF 1.5.0 numbers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from detector.casework.statuses import Queue, Status, Verdict
    from detector.exports.finding import Activity, Finding

ACTIVITY_IDS: Final[dict[Activity, tuple[int, str]]] = {
    "create": (1, "Create"),
    "update": (2, "Update"),
    "close": (3, "Close"),
}
SEVERITY_NAMES: Final = ("Unknown", "Informational", "Low", "Medium", "High", "Critical")
NEW: Final = (1, "New")
IN_PROGRESS: Final = (2, "In Progress")
SUPPRESSED: Final = (3, "Suppressed")
RESOLVED: Final = (4, "Resolved")

STATUS_IDS: Final[dict[Status, tuple[int, str]]] = {
    "new": NEW,
    "in_progress": IN_PROGRESS,
    "pending": IN_PROGRESS,
    "closed": RESOLVED,
}
QUEUE_IDS: Final[dict[Queue, tuple[int, str]]] = {
    "snoozed": SUPPRESSED,
    "allowed": SUPPRESSED,
    "merged": RESOLVED,
    "closed": RESOLVED,
}
"""What a queue says before the status has a say."""
VERDICT_IDS: Final[dict[Verdict, tuple[int, str]]] = {
    "true_positive_impact": (2, "True Positive"),
    "true_positive_no_impact": (2, "True Positive"),
    "benign_positive": (5, "Benign"),
    "false_positive": (1, "False Positive"),
    "duplicate": (10, "Duplicate"),
    "undetermined": (7, "Insufficient Data"),
}
_PRIORITIES: Final = ((1, "Low"), (1, "Low"), (1, "Low"), (2, "Medium"), (3, "High"), (4, "Critical"))
_RISKS: Final = ((0, "Info"), (0, "Info"), (1, "Low"), (2, "Medium"), (3, "High"), (4, "Critical"))
_CONFIDENCES: Final = ((0.9, 3, "High"), (0.5, 2, "Medium"), (0.0, 1, "Low"))


def status(finding: Finding) -> dict[str, Any]:
    """`status_id` and `status`; what OCSF has no number for is in `status_detail`."""
    case = finding.case
    if case is None:
        code, name = NEW if finding.alert["status"] == "open" else RESOLVED
        return {"status_id": code, "status": name}
    code, name = QUEUE_IDS.get(case.queue, STATUS_IDS[case.status])
    detail = case.queue if case.queue in {"snoozed", "allowed", "merged"} else case.status
    return {"status_id": code, "status": name, "status_detail": detail}


def levels(finding: Finding) -> dict[str, Any]:
    """Severity, risk and confidence; the score is a calibrated probability, so that it is the confidence."""
    _, confidence_id, confidence = next(one for one in _CONFIDENCES if finding.score >= one[0])
    risk_id, risk = _RISKS[finding.severity]
    return {
        "severity_id": finding.severity,
        "severity": SEVERITY_NAMES[finding.severity],
        "risk_level_id": risk_id,
        "risk_level": risk,
        "risk_score": round(100 * finding.score),
        "confidence_id": confidence_id,
        "confidence": confidence,
        "confidence_score": round(100 * finding.score),
    }


def incident(finding: Finding) -> dict[str, Any]:
    """Of the profile `incident`: who works on it, how pressing it is, and the verdict."""
    priority_id, priority = _PRIORITIES[finding.severity]
    found: dict[str, Any] = {"priority_id": priority_id, "priority": priority}
    case = finding.case
    if case is None:
        return found
    if case.assignee:
        found["assignee"] = {"uid": case.assignee, "type_id": 1, "type": "User"}
    if case.verdict is not None:
        found["verdict_id"], found["verdict"] = VERDICT_IDS[case.verdict]
        found["is_suspected_breach"] = case.verdict == "true_positive_impact"
    return found
