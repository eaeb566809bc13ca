"""Controls under versions without gaps, each change with its author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, tuple_

from detector.store.database import insert_all
from detector.store.hook_records import AuditEntry, Control, StoredControl
from detector.store.hook_schema import control_history, controls
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column
    from sqlalchemy.engine import Connection

_LOCK: Final = 0x5717_7A7D
"""the key of an advisory lock: any number that nobody else uses"""


class SqlControls(SqlPart):
    """Written by people, seldom."""

    def control(self, wanted: Sequence[Control], author: str, why: str, now: int) -> int:
        """As `HookStore.control`."""
        said = {"author": author, "why": why, "recorded": now}
        latest = {(one.kind, one.subject): one.body for one in wanted}
        with self._database.writing() as connection:
            version = numbering(connection, control_history.c.version)
            before = _bodies(connection, list(latest))
            rows: list[dict[str, Any]] = [
                {"kind": kind, "subject": subject, "version": version + number, "body": body}
                for number, ((kind, subject), body) in enumerate(latest.items(), 1)
            ]
            kept = [row | said | {"before": before.get((row["kind"], row["subject"]))} for row in rows]
            insert_all(connection, control_history, kept)
            self._database.upsert(connection, controls, rows)
        return version + len(rows)

    def controls(self, after: int, limit: int) -> list[StoredControl]:
        """As `HookStore.controls`."""
        query = select(controls).where(controls.c.version > after).order_by(controls.c.version).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredControl(row.version, Control(row.kind, row.subject, row.body)) for row in rows]

    def control_history(self, after: int, limit: int) -> list[AuditEntry]:
        """As `HookStore.control_history`."""
        key = control_history.c.version
        query = select(control_history).where(key > after).order_by(key).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            AuditEntry(
                row.version,
                Control(row.kind, row.subject, row.body),
                row.before,
                row.author,
                row.why,
                row.recorded,
            )
            for row in rows
        ]


def numbering(connection: Connection, version: Column[Any]) -> int:
    """The latest version of a table, which nobody else adds to until the transaction ends."""
    if connection.dialect.name == "postgresql":
        # Numbers of a sequence would be committed out of order, and readers miss the lower ones.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    latest: int | None = connection.execute(select(func.max(version))).scalar_one()
    return latest or 0


def _bodies(connection: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], bytes | None]:
    mine = tuple_(controls.c.kind, controls.c.subject).in_(keys)
    rows = connection.execute(select(controls).where(mine))
    return {(row.kind, row.subject): row.body for row in rows}
