"""Moving cases between queues as exceptions begin and end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from detector.casework.changing import settled
from detector.casework.coverage import covering
from detector.casework.rows import COLUMNS, store, with_tags
from detector.store.casework_schema import cases
from detector.store.part import BATCH

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

_SELECTED: Final = [cases.c[name] for name in COLUMNS]


def relist(connection: Connection, where: ColumnElement[bool], now: int) -> int:
    """List cases where they belong at a time; how many moved.

    It is no change of a case that anybody decided, and the audit holds the exception that it follows from.
    """
    moved, after = 0, ""
    while True:
        query = select(*_SELECTED).where(where, cases.c.case_id > after).order_by(cases.c.case_id)
        rows = connection.execute(query.limit(BATCH)).all()
        before = {case.case_id: case for case in with_tags(connection, rows)}
        covered = covering(connection, before.values(), now)
        placed = [settled(case, case, covered.get(name)) for name, case in before.items()]
        changed = [replace(case, version=case.version + 1) for case in placed if case != before[case.case_id]]
        store(connection, before, changed, ("queue", "version"))
        moved += len(changed)
        if len(rows) < BATCH:
            return moved
        after = rows[-1].case_id
