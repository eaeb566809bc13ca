"""Reading the audit, a few entries at a time however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from detector.store.audit_entry import Entry, Recorded
from detector.store.casework_schema import audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.engine import Connection

    from detector.store.database import Database

BATCH: Final = 1000


def entries(database: Database, after: int = 0) -> Iterator[Recorded]:
    """All entries after a number, in order, also those that are added meanwhile."""
    while True:
        with database.reading() as connection:
            found = select_entries(connection, audit.c.number > after, BATCH)
        yield from found
        if len(found) < BATCH:
            return
        after = found[-1].number


def history(database: Database, kind: str, object_id: str, before: int, limit: int) -> list[Recorded]:
    """What was done to one thing, the latest first, of entries with numbers under `before`."""
    mine = (audit.c.object_kind == kind) & (audit.c.object_id == object_id) & (audit.c.number < before)
    query = select(audit).where(mine).order_by(audit.c.number.desc()).limit(limit)
    with database.reading() as connection:
        return [_recorded(row) for row in connection.execute(query)]


def select_entries(connection: Connection, where: ColumnElement[bool], limit: int) -> list[Recorded]:
    """Entries in order."""
    query = select(audit).where(where).order_by(audit.c.number).limit(limit)
    return [_recorded(row) for row in connection.execute(query)]


def _recorded(row: Row[Any]) -> Recorded:
    entry = Entry(
        row.time, row.actor, row.action, row.object_kind, row.object_id, row.before, row.after, row.why
    )
    return Recorded(row.number, entry, row.previous, row.digest)
