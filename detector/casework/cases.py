"""What people do to cases: change one, many or all of a query, take up one, and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.casework.applying import PORTION, apply
from detector.casework.changing import changed, checked_change
from detector.casework.errors import Conflict, NotFound, Refused
from detector.casework.listing import CaseList, one_case
from detector.casework.records import Case, Change, Changed
from detector.casework.rows import load
from detector.casework.texts import REASON, checked
from detector.casework.undoing import check_entries, undo
from detector.casework.work import Deed, write
from detector.store.audit_chain import hold
from detector.store.part import BATCH, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.casework.records import Undone


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
            new, first = apply(connection, before, wanted, deed)
        return [Changed(case, entry) for entry, case in enumerate(new, first)]

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

        Many are taken back a portion at a time, so that others can write in between; what was changed again
        since stays as it is. Raises `NotFound` for an entry that is not there, and then takes none back.
        """
        deed = Deed(actor, "undo", checked("why", why, REASON, 0), now)
        numbers = sorted(set(entries), reverse=True)
        done: list[Undone] = []
        for portion in batches(numbers, PORTION):
            with self._database.writing() as connection:
                check_entries(numbers, hold(connection))
                done += undo(connection, portion, deed)
        return done


def _known(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    found = load(connection, ids)
    if unknown := [one for one in ids if one not in found]:
        raise NotFound(f"case {unknown[0]!r} is not known; see the queue for those there are")
    return found


def _check_version(found: Mapping[str, Case], version: int | None) -> None:
    for case in found.values():
        if version is not None and case.version != version:
            raise Conflict(case.case_id, version, case.version)
