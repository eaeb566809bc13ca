"""Deliveries in the store: who tries which, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import delete, func, select, update

from detector.exports.errors import ExportError
from detector.exports.outbox.backoff import GIVE_UP
from detector.exports.outbox.forgetting import ended, needless
from detector.exports.sending.outcome import Parcel
from detector.store.export_schema import deliveries, export_sinks
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.engine import Connection

DeliveryStatus = Literal["waiting", "done", "failed"]
LEASE: Final = 300_000
"""ms after which a try counts for lost, and another may be made; no way of sending takes as long."""
_LONGEST: Final = 500
"""Characters of an error that are kept."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A finding on its way to a sink. Times in ms of the wall clock."""

    number: int
    sink: str
    object_kind: str
    """`alert` or `case`"""
    object_id: str
    revision: int
    status: DeliveryStatus
    attempts: int
    due: int
    created: int
    until: int
    """when it is given up"""
    done: int | None
    error: str | None

    @property
    def key(self) -> str:
        """The same at every try."""
        return f"{self.sink}.{self.object_kind}.{self.object_id}.{self.revision}"


_SHOWN: Final = [column for column in deliveries.c if column.name != "body"]


class Deliveries(SqlPart):
    """Safe to share between threads and processes."""

    def due(self, sink: str, now: int) -> tuple[Delivery, Parcel] | None:
        """The next one to try, which nobody else tries until `LEASE` is over; None: there is none."""
        waits = (deliveries.c.sink_id == sink) & (deliveries.c.status == "waiting")
        query = (
            select(deliveries)
            .where(waits, deliveries.c.due <= now)
            .order_by(deliveries.c.due, deliveries.c.number)
            .limit(1)
        )
        with self._database.reading() as connection:
            # Nothing is due most of the time, which need not wait for who writes.
            if connection.execute(query).first() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            taken = {"due": now + LEASE, "attempts": row.attempts + 1}
            mine = deliveries.c.number == row.number
            connection.execute(update(deliveries).where(mine).values(taken))
        found = _delivery(row, attempts=row.attempts + 1)
        return found, Parcel(found.key, row.body)

    def settle(self, tried: Delivery, status: DeliveryStatus, now: int, due: int, error: str | None) -> bool:
        """Record what came of a try; False where it was given up for lost and somebody else tried again."""
        mine = (deliveries.c.number == tried.number) & (deliveries.c.status == "waiting")
        said = error[:_LONGEST] if error else None
        done = None if status == "waiting" else now
        values = {"status": status, "due": due, "done": done, "error": said}
        with self._database.writing() as connection:
            statement = update(deliveries).where(mine, deliveries.c.attempts == tried.attempts).values(values)
            return connection.execute(statement).rowcount == 1

    def list(
        self,
        *,
        sink: str | None = None,
        status: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Delivery]:
        """The latest first, of those with numbers under `before`."""
        wanted = {deliveries.c.sink_id: sink, deliveries.c.status: status}
        query = select(*_SHOWN).where(*(column == value for column, value in wanted.items() if value))
        if before is not None:
            query = query.where(deliveries.c.number < before)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(deliveries.c.number.desc()).limit(limit)).all()
        return [_delivery(row) for row in rows]

    def counts(self) -> dict[tuple[str, str], int]:
        """How many there are by sink and status."""
        key = (deliveries.c.sink_id, deliveries.c.status)
        with self._database.reading() as connection:
            rows = connection.execute(select(*key, func.count().label("n")).group_by(*key)).all()
        return {(row.sink_id, row.status): row.n for row in rows}

    def retry(self, now: int, numbers: Sequence[int] = (), sink: str | None = None) -> int:
        """Try failed ones again, by number or all of a sink, for three days more; how many.

        Raises `ExportError` where neither is given, and for those to a sink that was removed.
        """
        if not numbers and sink is None:
            raise ExportError("deliveries to retry: give their numbers, or a sink for all that failed")
        mine = deliveries.c.status == "failed"
        if numbers:
            mine &= deliveries.c.number.in_(numbers)
        if sink is not None:
            mine &= deliveries.c.sink_id == sink
        # The tries are counted on: a try that was given up for lost must not be taken for a later one.
        values = {"status": "waiting", "due": now, "until": now + GIVE_UP, "done": None}
        with self._database.writing() as connection:
            _refuse_removed(connection, mine)
            return connection.execute(update(deliveries).where(mine).values(values)).rowcount

    def prune(self, before: int, limit: int = 1000) -> int:
        """Forget some of those that ended before a time and are needed no more; how many."""
        query = select(deliveries.c.number).where(needless(before)).limit(limit)
        with self._database.reading() as connection:
            numbers = connection.execute(query).scalars().all()
        if not numbers:
            return 0
        with self._database.writing() as connection:
            statement = delete(deliveries).where(deliveries.c.number.in_(numbers), ended(before))
            return connection.execute(statement).rowcount


def _refuse_removed(connection: Connection, wanted: ColumnElement[bool]) -> None:
    """Nobody would ever try them. No sink of the others is removed until the transaction ends."""
    theirs = export_sinks.c.sink_id.in_(select(deliveries.c.sink_id).where(wanted))
    query = select(export_sinks.c.sink_id, export_sinks.c.ended).where(theirs)
    for name, removed in connection.execute(query.with_for_update(read=True)):
        if removed is not None:
            remedy = "retry those of others, or add a sink under another name"
            raise ExportError(f"sink {name}: it was removed, and nothing goes there any more; {remedy}")


def _delivery(row: Row[Any], **changes: Any) -> Delivery:
    said = {"sink" if name == "sink_id" else name: row._mapping[name] for name in (c.name for c in _SHOWN)}  # noqa: SLF001 - public
    return Delivery(**(said | changes))
