"""Sinks in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import insert, select, update

from detector.exports.errors import ExportError
from detector.exports.outbox.cursors import STREAMS, begin, latest
from detector.exports.sinks.settings import decoded, encoded
from detector.store.export_schema import deliveries, export_sinks
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from detector.exports.sinks.sink import Sink, SinkKind


class Sinks(SqlPart):
    """Safe to share between threads."""

    def add(self, sink: Sink) -> None:
        """Send findings there from now on; raises `ExportError` where the name was used before.

        Names are not used again: deliveries stay under them.
        """
        with self._database.writing() as connection:
            self._begin(connection)
            mine = export_sinks.c.sink_id == sink.name
            if connection.execute(select(export_sinks.c.sink_id).where(mine)).one_or_none():
                raise ExportError(f"sink {sink.name}: there is or was one of this name; choose another")
            row = {
                "sink_id": sink.name,
                "kind": sink.kind,
                "settings": encoded(sink),
                "created": sink.created,
                "ended": None,
            }
            connection.execute(insert(export_sinks).values(row))

    def all(self, *, ended: bool = False) -> list[Sink]:
        """Sinks by name; with `ended` also those that were removed."""
        with self._database.reading() as connection:
            return live_sinks(connection) if not ended else _sinks(connection, None)

    def sink(self, name: str) -> Sink:
        """The one of this name; raises `ExportError` where there is none."""
        found = [one for one in self.all(ended=True) if one.name == name]
        if not found:
            raise ExportError(f"sink {name}: there is none; see `stillwatch exports list`")
        return found[0]

    def end(self, name: str, now: int) -> None:
        """Send nothing there any more; what waits fails. Raises `ExportError` as `sink`."""
        self.sink(name)
        waiting = (deliveries.c.sink_id == name) & (deliveries.c.status == "waiting")
        with self._database.writing() as connection:
            mine = (export_sinks.c.sink_id == name) & export_sinks.c.ended.is_(None)
            connection.execute(update(export_sinks).where(mine).values(ended=now))
            gone = {"status": "failed", "done": now, "error": "the sink was removed"}
            connection.execute(update(deliveries).where(waiting).values(gone))

    def _begin(self, connection: Connection) -> None:
        """Or the first sink would get everything that was ever found."""
        for stream in STREAMS:
            begin(connection, self._database, stream, latest(connection, stream))


def live_sinks(connection: Connection) -> list[Sink]:
    """Sinks that were not removed, by name."""
    return _sinks(connection, export_sinks.c.ended.is_(None))


def _sinks(connection: Connection, where: Any) -> list[Sink]:
    query = select(export_sinks).order_by(export_sinks.c.sink_id)
    return [_sink(row) for row in connection.execute(query if where is None else query.where(where))]


def _sink(row: Row[Any]) -> Sink:
    return decoded(row.sink_id, cast("SinkKind", row.kind), row.settings, row.created, row.ended)
