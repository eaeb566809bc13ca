"""How far exports have read what they report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import func, select, update

from detector.store.casework_schema import audit
from detector.store.schema import alerts, cursors

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from detector.store.database import Database

ExportStream = Literal["alerts", "audit"]
ALERTS: Final = "alerts"
AUDIT: Final = "audit"
STREAMS: Final[tuple[ExportStream, ...]] = (ALERTS, AUDIT)
_SINK: Final = "exports"
"""One cursor for all sinks: each delivery has a row of its own from there on."""


def begin(connection: Connection, database: Database, stream: ExportStream, at: int) -> None:
    """Start at `at` where nobody has started yet."""
    row = {"sink": _SINK, "stream": stream, "version": at}
    connection.execute(database.dialect.insert(cursors).values(row).on_conflict_do_nothing())


def latest(connection: Connection, stream: ExportStream) -> int:
    """The last number that there is to be read."""
    number = alerts.c.version if stream == ALERTS else audit.c.number
    return connection.execute(select(func.max(number))).scalar_one() or 0


def reached(connection: Connection, stream: ExportStream) -> int | None:
    """How far it came; None before there was a sink."""
    mine = (cursors.c.sink == _SINK) & (cursors.c.stream == stream)
    found: int | None = connection.execute(select(cursors.c.version).where(mine)).scalar_one_or_none()
    return found


def locked(connection: Connection, stream: ExportStream) -> int | None:
    """How far it came, for nobody else to move until the transaction ends; None before there was a sink."""
    mine = (cursors.c.sink == _SINK) & (cursors.c.stream == stream)
    query = select(cursors.c.version).where(mine).with_for_update()
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def move(connection: Connection, stream: ExportStream, to: int) -> None:
    """Go on from `to`; the cursor is locked."""
    mine = (cursors.c.sink == _SINK) & (cursors.c.stream == stream)
    connection.execute(update(cursors).where(mine).values(version=to))
