"""Cases in and out of the database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from detector.casework.records import Case
from detector.store.casework_schema import case_tags, cases
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

COLUMNS: Final = tuple(field.name for field in fields(Case) if field.name != "tags")
DECIDED: Final = (
    "status", "verdict", "confidence", "judged_by", "judged", "assignee", "due", "closed",
    "closed_label", "closed_score", "closed_severity", "merged_into", "queue", "version",
)  # fmt: skip
"""What a person's change may change; to write the others as well would cost all indexes."""
_SELECTED: Final = [cases.c[name] for name in COLUMNS]


def load(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id; those that are not there are left out."""
    found: dict[str, Case] = {}
    for batch in batches(dict.fromkeys(ids)):
        rows = connection.execute(select(*_SELECTED).where(cases.c.case_id.in_(batch))).all()
        found.update((case.case_id, case) for case in with_tags(connection, rows))
    return found


def with_tags(connection: Connection, rows: Sequence[Row[Any]]) -> list[Case]:
    """Cases of rows that have the columns `COLUMNS`, in their order; at most a batch."""
    ids = [row.case_id for row in rows]
    query = select(case_tags.c.case_id, case_tags.c.tag).where(case_tags.c.case_id.in_(ids))
    tags: dict[str, list[str]] = defaultdict(list)
    for case_id, tag in connection.execute(query):
        tags[case_id].append(tag)
    return [_case(row, tags.get(row.case_id, [])) for row in rows]


def store(
    connection: Connection,
    before: Mapping[str, Case],
    after: Iterable[Case],
    columns: Sequence[str] = DECIDED,
) -> None:
    """Write cases that are there already, so far as `columns` and tags go."""
    changed = [case for case in after if case != before[case.case_id]]
    if not changed:
        return
    # Each column that is named costs the indexes that have it.
    told = [name for name in columns if any(_differs(name, before[case.case_id], case) for case in changed)]
    if told:
        _update(connection, changed, told)
    write_tags(connection, before, changed)


def _update(connection: Connection, changed: Sequence[Case], columns: Sequence[str]) -> None:
    named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(cases).where(cases.c.case_id == bindparam("of_case")).values(named)
    connection.execute(
        statement, [_values(case, columns, "new_") | {"of_case": case.case_id} for case in changed]
    )


def add(connection: Connection, new: Sequence[Case]) -> None:
    """Write cases that are new; they have no tags."""
    if new:
        connection.execute(insert(cases), [_values(case, COLUMNS) for case in new])


def write_tags(connection: Connection, before: Mapping[str, Case], after: Sequence[Case]) -> None:
    """Bring tags up to date, and where their cases are listed."""
    stale = [
        case.case_id for case in after if before[case.case_id].tags and _listed(before[case.case_id], case)
    ]
    for batch in batches(stale):
        connection.execute(delete(case_tags).where(case_tags.c.case_id.in_(batch)))
    rows = [
        {"case_id": case.case_id, "tag": tag, "queue": case.queue, "rank": case.rank}
        for case in after
        if _listed(before[case.case_id], case)
        for tag in case.tags
    ]
    if rows:
        connection.execute(insert(case_tags), rows)


def _differs(name: str, before: Case, after: Case) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _listed(before: Case, after: Case) -> bool:
    """Whether tags have to be written anew."""
    return (before.tags, before.queue, before.rank) != (after.tags, after.queue, after.rank)


def _case(row: Row[Any], tags: list[str]) -> Case:
    values = dict(zip(COLUMNS, row, strict=True))
    values["assignee"] = values["assignee"] or None
    return Case(**values, tags=tuple(sorted(tags)))


def _values(case: Case, columns: Sequence[str], prefix: str = "") -> dict[str, Any]:
    values = {prefix + name: getattr(case, name) for name in columns}
    if values.get(prefix + "assignee", "") is None:
        values[prefix + "assignee"] = ""
    return values
