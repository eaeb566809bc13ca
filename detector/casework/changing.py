"""What a change makes of a case: rules without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from detector.casework.errors import Refused
from detector.casework.statuses import MOVES, STATUSES, VERDICTS
from detector.casework.texts import TAG, checked, checked_tags

if TYPE_CHECKING:
    from detector.casework.records import Case, Change
    from detector.casework.statuses import Queue, Status


def checked_change(change: Change) -> Change:
    """The change, if it says something that can be; raises `Refused`."""
    if change.status is not None and change.status not in STATUSES:
        raise Refused(f"status is none; give one of {', '.join(STATUSES)}")
    if change.verdict is not None and change.verdict not in VERDICTS:
        raise Refused(f"verdict is none; give one of {', '.join(VERDICTS)}")
    if change.confidence is not None and (change.verdict is None or not 0 <= change.confidence <= 1):
        raise Refused("confidence is of a verdict, and between 0 and 1; give both")
    assignee = change.assignee and checked("assignee", change.assignee, TAG * 4)
    added, removed = checked_tags(change.add_tags), checked_tags(change.remove_tags)
    return replace(change, assignee=assignee, add_tags=added, remove_tags=removed)


def changed(case: Case, change: Change, actor: str, now: int) -> Case:
    """The case after a change by a person; raises `Refused` if its status may not follow."""
    new: dict[str, Any] = {}
    if change.status is not None and change.status != case.status:
        new |= _moved(case, change.status, now)
    if change.verdict is not None and (change.verdict, change.confidence) != (case.verdict, case.confidence):
        new |= {"verdict": change.verdict, "confidence": change.confidence, "judged_by": actor, "judged": now}
    if change.assignee is not None:
        new["assignee"] = change.assignee or None
        if change.assignee and case.status == "new" and change.status is None:
            new["status"] = "in_progress"
    if change.merge_into is not None:
        new["merged_into"] = change.merge_into or None
    tags = (set(case.tags) | set(change.add_tags)) - set(change.remove_tags)
    return replace(case, **new, tags=tuple(sorted(tags)))


def may_follow(case: Case, status: Status | None) -> bool:
    """Whether a case may have this status next; None: the one that it has."""
    return status is None or status == case.status or status in MOVES[case.status]


def settled(before: Case, after: Case, covered: Queue | None, version: int | None = None) -> Case:
    """The case with what follows from the rest: its queue, and how the alert was at closing.

    `covered` is the queue of exceptions that the case is under; `version` the one to give it.
    """
    if after.status != "closed":
        closing: tuple[Any, ...] = (None, None, None)
    elif before.status == "closed":
        closing = (after.closed_label, after.closed_score, after.closed_severity)
    else:
        closing = (after.label, after.score, after.severity)
    label, score, severity = closing
    return replace(
        after,
        queue=_queue(after, covered),
        closed_label=label,
        closed_score=score,
        closed_severity=severity,
        version=after.version if version is None else version,
    )


def _queue(case: Case, covered: Queue | None) -> Queue:
    if case.merged_into is not None:
        return "merged"
    if case.status == "closed":
        return "closed"
    return covered or "open"


def _moved(case: Case, status: Status, now: int) -> dict[str, Any]:
    if not may_follow(case, status):
        allowed = ", ".join(MOVES[case.status])
        raise Refused(f"case {case.case_id} is {case.status}, which {status} may not follow; give {allowed}")
    return {"status": status, "closed": now if status == "closed" else None}
