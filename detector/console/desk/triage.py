"""What people do to cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.casework.bulk import MOST_AT_ONCE
from detector.casework.errors import Refused
from detector.casework.ranges import write_ranges
from detector.casework.records import Change
from detector.console.desk.errors import Denied, Senseless
from detector.console.desk.selection import Done, Preview, Selection
from detector.people.roles import may

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.casework.records import BulkChange, Case, CaseQuery, Changed, Comment, Page, Undone
    from detector.casework.related import Relation
    from detector.console.desk.sources import Sources
    from detector.people.guard import Visitor

MOST_NAMED: Final = 500
"""cases that are named one by one, of which more take the right to change by query"""
_SHOWN: Final = 20


class Triage:
    """Each change is one transaction and in the audit under the visitor's id. `now` tells ms of the clock."""

    def __init__(self, sources: Sources, now: Callable[[], int]) -> None:
        self._sources = sources
        self._now = now

    def page(self, query: CaseQuery, cursor: str | None, limit: int) -> Page[Case]:
        """Cases of a query after a cursor."""
        return self._sources.cases.page(query, cursor, limit)

    def count(self, query: CaseQuery, most: int) -> int:
        """How many, at most `most` + 1."""
        return self._sources.cases.count(query, most)

    def case(self, case_id: str) -> Case:
        """Raises `NotFound`."""
        return self._sources.cases.case(case_id)

    def of_subject(self, kind: str, subject_id: str) -> Case | None:
        """The case about an account or a campaign."""
        return self._sources.cases.of_subject(kind, subject_id)

    def related(self, case_id: str) -> list[Relation]:
        """Raises `NotFound`."""
        return self._sources.related.related(case_id)

    def open(self, who: Visitor, case_id: str) -> Case:
        """The case, which is the visitor's from now on if it was new and nobody's."""
        return self._sources.cases.open_(case_id, who.user_id, self._now())

    def change(
        self, who: Visitor, case_id: str, change: Change, why: str, version: int | None
    ) -> tuple[Case, Changed | None]:
        """The case as it is now, and what changed. Raises `NotFound`, `Conflict`, `Refused`, `Senseless`."""
        self._check_assignee(change)
        found = self._sources.cases.change([case_id], change, who.user_id, why, self._now(), version)
        return (found[0].case, found[0]) if found else (self.case(case_id), None)

    def preview(self, selection: Selection) -> Preview:
        """What a change of a selection would reach, at most MOST_AT_ONCE cases of it."""
        if selection.query is None:
            known = [self.case(one) for one in dict.fromkeys(selection.ids[:_SHOWN])]
            return Preview(len(set(selection.ids)), is_more=False, sample=tuple(known))
        count = self.count(selection.query, MOST_AT_ONCE)
        sample = self.page(selection.query, None, _SHOWN).items
        return Preview(min(count, MOST_AT_ONCE), count > MOST_AT_ONCE, sample)

    def bulk(self, who: Visitor, selection: Selection, change: Change, why: str) -> Done:
        """Change a selection; of a query with many cases the first portion, and an errand does the others.

        Raises `Denied` where a query takes a right that the visitor lacks.
        """
        self._check_assignee(change)
        now = self._now()
        if selection.query is not None:
            _check_widely(who, "change all cases of a query")
            made = self._sources.bulk.begin(selection.query, change, who.user_id, why, now)
            done = self._sources.bulk.step(made.job_id, now)
            if done.error is not None:
                raise Refused(done.error)
            job_id = done.job_id if done.ended is None else None
            return Done(done.changed, done.refused, done.entries, job_id)
        if not 0 < len(selection.ids) <= MOST_NAMED:
            raise Senseless(f"{len(selection.ids)} cases are named; name 1 to {MOST_NAMED}, or give a query")
        found = self._sources.cases.change(tuple(dict.fromkeys(selection.ids)), change, who.user_id, why, now)
        return Done(len(found), 0, write_ranges(one.entry for one in found))

    def bulk_change(self, job_id: str) -> BulkChange:
        """How far a change of many came. Raises `NotFound`."""
        return self._sources.bulk.find(job_id)

    def undo(self, who: Visitor, entries: Sequence[int]) -> list[Undone]:
        """Take changes back. Raises `NotFound`, `Denied` where there are many."""
        if len(entries) > MOST_NAMED:
            _check_widely(who, f"take back more than {MOST_NAMED} changes")
        return self._sources.cases.undo(entries, who.user_id, "", self._now())

    def merge(
        self, who: Visitor, case_id: str, into: str, version: int | None
    ) -> tuple[Case, Changed | None]:
        """Let a case be part of another. Raises as `change`."""
        if not into:
            raise Refused("the case to merge into is empty; give its id")
        return self.change(who, case_id, Change(merge_into=into), "", version)

    def split(self, who: Visitor, case_id: str, version: int | None) -> tuple[Case, Changed | None]:
        """Let a case stand by itself again. Raises as `change`."""
        return self.change(who, case_id, Change(merge_into=""), "", version)

    def comment(self, who: Visitor, case_id: str, text: str) -> Comment:
        """Add a note. Raises `NotFound`, `Refused`."""
        return self._sources.notes.comment(case_id, who.user_id, text, self._now())

    def comments(self, case_id: str) -> list[Comment]:
        """Oldest first. Raises `NotFound`."""
        self.case(case_id)
        return self._sources.notes.comments(case_id)

    def _check_assignee(self, change: Change) -> None:
        if not change.assignee or change.assignee.startswith("key_"):
            return
        person = self._sources.people.person(change.assignee)
        if person is None or person.disabled is not None or not may(person.role, "triage"):
            raise Senseless("assignee is nobody who may work on cases; give a user's id, or empty for nobody")


def _check_widely(who: Visitor, what: str) -> None:
    if not may(who.role, "except_widely"):
        raise Denied(f"role {who.role} may not {what}; name the cases, or ask a senior analyst")
