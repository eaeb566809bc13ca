"""Taking changes back, so far as nobody changed the same again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from detector.audit.reading import select_entries
from detector.casework.errors import NotFound
from detector.casework.facts import decode, restored
from detector.casework.merging import may_be_part
from detector.casework.records import Undone
from detector.casework.rows import load, store
from detector.casework.work import settle
from detector.store.audit_chain import append
from detector.store.casework_schema import audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.engine import Connection

    from detector.casework.records import Case
    from detector.casework.work import Deed
    from detector.store.audit_entry import Head, Recorded

_Taken = tuple["Case", tuple[str, ...], tuple[str, ...]]
_MERGED = "merged_into"


def check_entries(numbers: Sequence[int], head: Head) -> None:
    """Raise `NotFound` unless there are entries of all numbers, the highest first; the audit has no gaps."""
    if numbers and not 0 < numbers[-1] <= numbers[0] <= head.number:
        raise NotFound("entry is not in the audit; give numbers of changes")


def undo(connection: Connection, numbers: Sequence[int], deed: Deed) -> list[Undone]:
    """Take entries back, the last one first; all of them are there."""
    found = select_entries(connection, audit.c.number.in_(numbers), len(numbers))[::-1]
    return [done for run in _runs(found) for done in _undo_run(connection, run, deed)]


def _runs(found: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """Entries that may be undone in one go: no case twice, and one that is merged or split alone."""
    run: dict[str, Recorded] = {}
    for one in found:
        case_id = one.entry.object_id
        alone = _MERGED in decode(one.entry.before)
        if run and (alone or case_id in run):
            yield list(run.values())
            run = {}
        run[case_id] = one
        if alone:
            yield list(run.values())
            run = {}
    if run:
        yield list(run.values())


def _undo_run(connection: Connection, run: Sequence[Recorded], deed: Deed) -> list[Undone]:
    before = load(connection, [one.entry.object_id for one in run if one.entry.object_kind == "case"])
    taken = {
        one.number: _taken(connection, before[one.entry.object_id], one)
        for one in run
        if _is_case(one, before)
    }
    new = settle(connection, before, [case for case, _, _ in taken.values()], deed.now)
    store(connection, before, new)
    of = {one.entry.object_id: one.number for one in run}
    append(
        connection,
        [
            replace(deed.entry(before[case.case_id], case), why=_why(of[case.case_id], deed.why))
            for case in new
        ],
    )
    now = before | {case.case_id: case for case in new}
    return [_undone(one, now, taken) for one in run]


def _is_case(one: Recorded, before: dict[str, Case]) -> bool:
    return one.entry.object_kind == "case" and one.entry.object_id in before


def _taken(connection: Connection, case: Case, one: Recorded) -> _Taken:
    old, new = decode(one.entry.before), decode(one.entry.after)
    back, names, kept = restored(case, old, new)
    target = old.get(_MERGED)
    if _MERGED in names and target and not may_be_part(connection, case.case_id, target):
        back = replace(back, merged_into=case.merged_into)
        names, kept = tuple(name for name in names if name != _MERGED), (*kept, _MERGED)
    return back, names, kept


def _undone(one: Recorded, now: dict[str, Case], taken: dict[int, Any]) -> Undone:
    if one.number not in taken:
        return Undone(one.number, None)
    _, names, kept = taken[one.number]
    return Undone(one.number, now[one.entry.object_id], names, kept)


def _why(number: int, why: str) -> str:
    return f"takes back entry {number}: {why}" if why else f"takes back entry {number}"
