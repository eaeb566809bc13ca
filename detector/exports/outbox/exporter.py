"""From what was found and decided to deliveries, in one transaction with how far it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from detector.exports.outbox.backoff import GIVE_UP
from detector.exports.outbox.cursors import ALERTS, AUDIT, latest, locked, move, reached
from detector.exports.outbox.matching import matches
from detector.exports.outbox.reading import alert_findings, case_findings
from detector.exports.sending.rendering import rendered
from detector.exports.sinks.registry import live_sinks
from detector.store.export_schema import deliveries
from detector.store.part import SqlPart, batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from detector.exports.finding import Product
    from detector.exports.outbox.cursors import ExportStream
    from detector.exports.outbox.reading import Reported
    from detector.exports.sinks.sink import Sink
    from detector.store.database import Database

    Read = Callable[[Connection, int, int, Product], tuple[list[Reported], int]]

BATCH: Final = 200


class Exporter(SqlPart):
    """Any number of processes may follow: the cursor lets one at a time."""

    def __init__(self, database: Database, product: Product) -> None:
        super().__init__(database)
        self._product = product

    def follow(self, now: int) -> int:
        """Put into the outbox what happened since; how many changes were looked at, 0: there are no more.

        A delivery is told by sink, object and revision: reading twice writes once.
        """
        return self._step(ALERTS, alert_findings, now) + self._step(AUDIT, case_findings, now)

    def _step(self, stream: ExportStream, read: Read, now: int) -> int:
        if not self._waits(stream):
            return 0
        with self._database.writing() as connection:
            after = locked(connection, stream) or 0
            reported, upto = read(connection, after, BATCH, self._product)
            rows = _rows(reported, live_sinks(connection), _told(connection, reported), now)
            for batch in batches(rows, 50):
                insertion = self._database.dialect.insert(deliveries).on_conflict_do_nothing()
                connection.execute(insertion, batch)
            move(connection, stream, upto)
        return upto - after

    def _waits(self, stream: ExportStream) -> bool:
        """Asked without waiting for who writes."""
        with self._database.reading() as connection:
            after = reached(connection, stream)
            return after is not None and latest(connection, stream) > after


def _told(connection: Connection, reported: Sequence[Reported]) -> set[tuple[str, str]]:
    """Sinks and ids of what they were told of before."""
    found: set[tuple[str, str]] = set()
    for ids in batches({one.object_id for one in reported}):
        key = (deliveries.c.sink_id, deliveries.c.object_id)
        rows = connection.execute(select(*key).where(deliveries.c.object_id.in_(ids)).distinct())
        found.update((row.sink_id, row.object_id) for row in rows)
    return found


def _rows(
    reported: Sequence[Reported], sinks: Sequence[Sink], told: set[tuple[str, str]], now: int
) -> list[dict[str, Any]]:
    rows = []
    for one in reported:
        for sink in sinks:
            key = (sink.name, one.object_id)
            if matches(sink.selection, one.finding, told=key in told):
                rows.append(_row(one, sink, now))
                told.add(key)
    return rows


def _row(one: Reported, sink: Sink, now: int) -> dict[str, Any]:
    return {
        "sink_id": sink.name,
        "object_kind": one.object_kind,
        "object_id": one.object_id,
        "revision": one.finding.revision,
        "status": "waiting",
        "attempts": 0,
        "due": now,
        "created": now,
        "until": now + GIVE_UP,
        "done": None,
        "error": None,
        "body": rendered(sink, one.finding),
    }
