"""Cases as everybody sees them, and what people ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from detector.casework.statuses import Status, Verdict  # noqa: TC001 - changes are read back from JSON

if TYPE_CHECKING:
    from detector.alert import Kind
    from detector.casework.statuses import Queue

_T = TypeVar("_T")

Severity = Literal[1, 2, 3, 4, 5]
"""OCSF's: informational, low, medium, high, critical."""
Sort = Literal["rank", "due", "last_seen"]
Scope = Literal["account", "campaign", "organisation", "detector"]
ExceptionKind = Literal["allow", "snooze"]

SEVERITIES: Final = ("", "informational", "low", "medium", "high", "critical")
"""By number."""


@dataclass(frozen=True, slots=True)
class Case:
    """An alert, and what people made of it. Times in ms; those of alerts are event time."""

    case_id: str
    """the alert's id"""
    kind: Kind
    subject_id: str
    campaign_id: str | None
    """the campaign that the account is in, or the campaign itself"""
    label: str
    score: float
    severity: int
    alert_status: str
    """`open` or `cleared`: what the detector thinks now"""
    revision: int
    first_seen: int
    last_seen: int
    accounts: int
    exchanges: int
    """answered requests of the subject"""
    leaked: int
    """those answered before its first alert"""
    opened: int
    """wall clock"""
    status: Status
    verdict: Verdict | None
    confidence: float | None
    """in [0, 1], of the verdict, as the person put it"""
    judged_by: str | None
    judged: int | None
    assignee: str | None
    """a user's id"""
    due: int
    """wall clock, by severity: when somebody should have looked"""
    closed: int | None
    merged_into: str | None
    queue: Queue
    rank: int
    version: int
    """counts changes by people, and those by the detector that bear on a decision; a change names the one
    that it was made on"""
    tags: tuple[str, ...] = ()
    """in order of the alphabet"""
    closed_label: str | None = None
    closed_score: float | None = None
    closed_severity: int | None = None
    """as the alert was when the case was closed"""


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases; None: any."""

    queue: Queue | None = "open"
    kind: Kind | None = None
    label: str | None = None
    severity: int | None = None
    """at least"""
    status: Status | None = None
    verdict: Verdict | None = None
    assignee: str | None = None
    """a user's id; empty: nobody's"""
    campaign_id: str | None = None
    tag: str | None = None
    subject: str | None = None
    """beginning of the subject's id; then cases come in order of it, whatever `sort` says"""
    sort: Sort = "rank"


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """Some of many."""

    items: tuple[_T, ...]
    cursor: str | None
    """asks for those that follow; None: there are none"""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a case; None: as it was."""

    status: Status | None = None
    verdict: Verdict | None = None
    confidence: float | None = None
    assignee: str | None = None
    """a user's id; empty: nobody"""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    merge_into: str | None = None
    """the case that this one is part of; empty: of none, it stands by itself again"""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did to a case."""

    case: Case
    entry: int
    """number of the audit's entry, which undoes the change"""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """A change of many cases, and how far it came. Times are ms."""

    job_id: str
    actor: str
    why: str
    created: int
    total: int
    done: int = 0
    """cases that were looked at"""
    changed: int = 0
    refused: int = 0
    """cases whose status may not be followed by the one that was asked for"""
    entries: str = ""
    """numbers of the audit's entries, such as `7-9,12`, which undo what was changed"""
    ended: int | None = None
    """None: it goes on"""
    error: str | None = None
    """why it ended before all cases were looked at"""


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an entry that was to be undone. Fields are named as in the entry."""

    entry: int
    case: Case | None
    """as it is now; None: the entry is of no case, and cannot be undone"""
    restored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """fields that were changed again since, and stay as they are"""


@dataclass(frozen=True, slots=True)
class Comment:
    """A note on a case."""

    comment_id: str
    case_id: str
    author: str
    time: int
    text: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """An allow-list entry or a snooze. The subject of a detector is `KIND/LABEL` of its alerts."""

    exception_id: str
    kind: ExceptionKind
    scope: Scope
    subject: str
    reason: str
    owner: str
    created: int
    until: int | None
    """None: for good"""
    ended: int | None = None
    """when it was taken back"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A query by name, as the console's address holds it."""

    owner: str
    name: str
    query: str
    shared: bool
