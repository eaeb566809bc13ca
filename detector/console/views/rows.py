"""A case as one row of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.console.views.words import duration, segment, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.casework.records import Case


@dataclass(frozen=True, slots=True)
class Due:
    """When somebody should have looked."""

    text: str
    at: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What the queue shows."""

    case: Case
    address: str
    """of the subject's page"""
    age: str
    due: Due | None
    """None where nobody is waited for"""
    assignee: str
    """a name; empty: nobody"""
    is_mine: bool


def row_of(case: Case, names: Mapping[str, str], who: str, now: int) -> Row:
    """`names` are people's by their ids; `who` asks, at `now` in ms."""
    return Row(
        case,
        subject_address(case.kind, case.subject_id),
        duration(now - case.opened),
        due_of(case, now),
        name_of(case.assignee, names),
        case.assignee == who,
    )


def due_of(case: Case, now: int) -> Due | None:
    """Cases wait until somebody works on them."""
    if case.queue != "open" or case.status != "new":
        return None
    is_over = case.due <= now
    left = duration(abs(case.due - now))
    return Due(f"overdue {left}" if is_over else f"in {left}", case.due, is_over)


def name_of(user_id: str | None, names: Mapping[str, str]) -> str:
    """A name; of programs, and of people who are gone, the id."""
    return names.get(user_id, user_id) if user_id else ""


def subject_address(kind: str, subject_id: str) -> str:
    """Where the page of an account or a campaign is."""
    return f"/console/{'campaigns' if kind == 'campaign' else 'accounts'}/{segment(subject_id)}"


def verdict_text(case: Case) -> str:
    """What people decided; empty: nothing yet."""
    return words(case.verdict) if case.verdict else ""
