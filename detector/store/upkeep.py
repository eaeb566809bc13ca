"""What keeps a store small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from detector.store.dossier_schema import dossiers, measurements, samples, series, shared_objects
from detector.store.part import SqlPart
from detector.store.retention import Pruned
from detector.store.schema import (
    alerts,
    cold_accounts,
    cursors,
    frames,
    letters,
    pages,
    partitions,
    seen,
    verdict_history,
)

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Delete
    from sqlalchemy.engine import Connection

    from detector.store.findings import Stream
    from detector.store.retention import Retention


class SqlUpkeep(SqlPart):
    """One table after the other, so that nobody waits long for any."""

    def prune(self, now: int, retention: Retention) -> Pruned:
        """As `Store.prune`."""
        pruned = Pruned(
            alerts=self._remove(
                delete(alerts).where(
                    alerts.c.recorded < now - retention.alerts, _delivered(alerts.c.version, "alerts")
                )
            ),
            verdict_history=self._remove(
                delete(verdict_history).where(verdict_history.c.recorded < now - retention.verdict_history)
            ),
            letters=self._remove(
                delete(letters).where(
                    letters.c.time < now - retention.letters, _delivered(letters.c.number, "letters")
                )
            ),
            seen=self._prune_seen(retention.seen),
            measurements=self._remove(
                delete(measurements).where(measurements.c.recorded < now - retention.measurements)
            ),
            series=self._prune_series(retention.series),
            samples=self._remove(delete(samples).where(samples.c.recorded < now - retention.samples)),
        )
        tables = (
            alerts, verdict_history, letters, seen, frames, pages, cold_accounts,
            dossiers, shared_objects, measurements, series, samples,
        )  # fmt: skip
        self._database.vacuum(tables, retention.vacuum_bytes)
        return pruned

    def _remove(self, statement: Delete) -> int:
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount

    def _prune_series(self, retention: int) -> int:
        # By event time, as they are numbered: a log of old events is not forgotten while it is read.
        latest = select(func.max(series.c.time)).scalar_subquery()
        return self._remove(delete(series).where(series.c.time < latest - retention))

    def _prune_seen(self, retention: int) -> int:
        with self._database.writing() as connection:
            return sum(
                _remove_seen(connection, origin, watermark - retention)
                for origin, watermark in connection.execute(
                    select(partitions.c.origin, partitions.c.watermark).where(
                        partitions.c.watermark.is_not(None)
                    )
                ).all()
            )


def _remove_seen(connection: Connection, origin: str, before: int) -> int:
    old = (seen.c.origin == origin) & (seen.c.latest < before)
    return connection.execute(delete(seen).where(old)).rowcount


def _delivered(version: Column[Any], stream: Stream) -> ColumnElement[bool]:
    """Whether every sink of the stream has it."""
    slowest = select(func.min(cursors.c.version)).where(cursors.c.stream == stream).scalar_subquery()
    return version <= func.coalesce(slowest, version)
