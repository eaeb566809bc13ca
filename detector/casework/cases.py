"""What people do to cases: change one, many or all of a query, take up one, and undo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from detector.casework.changing import changed, checked_change, may_follow
from detector.casework.errors import Conflict, NotFound, Refused
from detector.casework.listing import CaseList, check_query, one_case
from detector.casework.merging import check_target, parts_of
from detector.casework.ordering import order_of
from detector.casework.records import Bulk, Case, Change, Changed
from detector.casework.rows import load
from detector.casework.slices import slices
from detector.casework.texts import REASON, checked
from detector.casework.undoing import undo
from detector.casework.work import Deed, write
from detector.store.audit_chain import hold
from detector.store.part import BATCH, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.casework.records import CaseQuery, Undone

MOST_AT_ONCE: Final = 100_000
"""cases that one change may reach"""


class Cases(CaseList):
    """Each call is one transaction, with an entry in the audit for every case that it changes."""

    def change(
        self,
        ids: Sequence[str],
        change: Change,
        actor: str,
        why: str,
        now: int,
        version: int | None = None,
    ) -> list[Changed]:
        """Change cases, all or none; those that are so already are left out. `now` in ms.

        `version` is of the one case, as it was read. Raises `NotFound`, `Conflict` or `Refused`.
        """
        wanted = checked_change(change)
        deed = Deed(actor, "change", checked("why", why, REASON, 0), now)
        if len(ids) > BATCH:
            raise Refused(f"{len(ids)} cases are named; name at most {BATCH}, or change by query")
        if version is not None and len(ids) != 1:
            raise Refused(f"version is of one case, and {len(ids)} are named; leave it out")
        with self._database.writing() as connection:
            hold(connection)
            before = _known(connection, ids)
            _check_version(before, version)
            new, first = _apply(connection, before, wanted, deed)
        return [Changed(case, entry) for entry, case in enumerate(new, first)]

    def bulk(
        self, query: CaseQuery, change: Change, actor: str, why: str, now: int, most: int = MOST_AT_ONCE
    ) -> Bulk:
        """Change all cases of a query; `count(query, MOST_AT_ONCE)` says beforehand how many those are.

        Raises `Refused` if there are more than `most`, and changes none. Cases whose status may not be
        followed by the new one stay as they are.
        """
        check_query(query)
        wanted = checked_change(change)
        deed = Deed(actor, "bulk", checked("why", why, REASON, 0), now)
        with self._database.writing() as connection:
            end = hold(connection).number
            ids = [one for one in _ids(connection, query, most) if one != wanted.merge_into]
            refused = sum(_some(connection, batch, wanted, deed) for batch in batches(ids))
            last = hold(connection).number
        return Bulk(last - end, range(end + 1, last + 1), refused)

    def open_(self, case_id: str, actor: str, now: int) -> Case:
        """The case, which is the actor's from now on if nobody took it up yet."""
        with self._database.reading() as connection:
            case = one_case(connection, case_id)
        if case.assignee is not None or case.status != "new" or case.queue != "open":
            return case
        deed = Deed(actor, "open", "", now)
        with self._database.writing() as connection:
            hold(connection)
            before = {case_id: one_case(connection, case_id)}
            if before[case_id].assignee is None and before[case_id].status == "new":
                write(
                    connection, before, [changed(before[case_id], Change(assignee=actor), actor, now)], deed
                )
            return one_case(connection, case_id)

    def undo(self, entries: Iterable[int], actor: str, why: str, now: int) -> list[Undone]:
        """Take back what entries of the audit say was done to cases, the last one first.

        What was changed again since stays as it is. Raises `NotFound` for an entry that is not there.
        """
        deed = Deed(actor, "undo", checked("why", why, REASON, 0), now)
        with self._database.writing() as connection:
            hold(connection)
            return undo(connection, entries, deed)


def _known(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    found = load(connection, ids)
    if unknown := [one for one in ids if one not in found]:
        raise NotFound(f"case {unknown[0]!r} is not known; see the queue for those there are")
    return found


def _check_version(found: Mapping[str, Case], version: int | None) -> None:
    for case in found.values():
        if version is not None and case.version != version:
            raise Conflict(case.case_id, version, case.version)


def _ids(connection: Connection, query: CaseQuery, most: int) -> list[str]:
    ids: list[str] = []
    order = order_of(query)
    for one in slices(query, order, order.last_id):
        ids += connection.execute(one.limit(most + 1 - len(ids))).scalars()
        if len(ids) > most:
            raise Refused(f"more than {most:,} cases are meant; narrow the query down")
    return ids


def _some(connection: Connection, ids: Sequence[str], wanted: Change, deed: Deed) -> int:
    """Change those that may be; how many may not."""
    before = load(connection, ids)
    fit = {name: case for name, case in before.items() if may_follow(case, wanted.status)}
    _apply(connection, fit, wanted, deed)
    return len(before) - len(fit)


def _apply(
    connection: Connection, before: Mapping[str, Case], wanted: Change, deed: Deed
) -> tuple[list[Case], int]:
    after = [changed(case, wanted, deed.actor, deed.now) for case in before.values()]
    if not wanted.merge_into:
        return write(connection, before, after, deed)
    check_target(connection, wanted.merge_into, before)
    parts = load(connection, parts_of(connection, before))
    moved = [
        replace(case, merged_into=wanted.merge_into) for name, case in parts.items() if name not in before
    ]
    return write(connection, {**parts, **before}, after + moved, deed)
