"""A queue's filters as parameters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from detector.alert import Kind  # noqa: TC001 - FastAPI reads annotations at run time
from detector.casework.records import Sort  # noqa: TC001 - as above
from detector.casework.statuses import Queue, Status, Verdict  # noqa: TC001 - as above
from detector.console.queries import LONGEST

Text = Annotated[str | None, Query(max_length=LONGEST)]
Severity = Annotated[int | None, Query(ge=1, le=5, description="at least")]
Assignee = Annotated[str | None, Query(max_length=LONGEST, description="a user's id, `me`, or `nobody`")]


def filters(
    queue: Annotated[Queue | None, Query(description="left out: open")] = None,
    any_queue: Annotated[bool, Query(description="of any queue")] = False,  # noqa: FBT002 - a parameter of HTTP
    kind: Kind | None = None,
    label: Text = None,
    severity: Severity = None,
    status: Status | None = None,
    verdict: Verdict | None = None,
    assignee: Assignee = None,
    campaign_id: Text = None,
    tag: Text = None,
    subject: Text = None,
    sort: Sort | None = None,
) -> dict[str, str]:
    """As `detector.console.queries.read_query` takes them; `subject`: what its id begins with."""
    said = {
        "queue": "any" if any_queue else queue,
        "kind": kind,
        "label": label,
        "severity": None if severity is None else str(severity),
        "status": status,
        "verdict": verdict,
        "assignee": assignee,
        "campaign_id": campaign_id,
        "tag": tag,
        "subject": subject,
        "sort": sort,
    }
    return {name: value for name, value in said.items() if value is not None}
