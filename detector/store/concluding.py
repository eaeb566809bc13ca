"""Findings under versions without gaps, and how sinks read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from detector.store.database import insert_all
from detector.store.dossier_rows import columns, write_dossiers, write_measurements, write_series
from detector.store.findings import AlertRecord, CampaignRecord, StoredAlert, StoredVerdict, VerdictRecord
from detector.store.part import SqlPart, batches, led
from detector.store.schema import alerts, campaigns, cursors, leader, verdict_history, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, Row
    from sqlalchemy.engine import Connection

    from detector.store.findings import Findings, Stream


class SqlFindings(SqlPart):
    """Written by the leader, who repeats after a crash what it had concluded since its checkpoint."""

    def conclude(self, lease: int, findings: Findings, now: int) -> None:
        """As `LeaderStore.conclude`."""
        with self._database.writing() as connection:
            stands = led(connection, lease)
            new_alerts = _new_alerts(connection, findings.alerts)
            changes = _later(connection, verdicts.c.account_id, findings.verdicts)
            changed = _later(connection, campaigns.c.campaign_id, findings.campaigns)
            insert_all(connection, alerts, _versioned(new_alerts, stands.alerts, recorded=now))
            rows = _versioned(changes, stands.verdicts)
            insert_all(connection, verdict_history, [row | {"recorded": now} for row in rows])
            self._database.upsert(connection, verdicts, rows)
            self._database.upsert(connection, campaigns, [columns(one) for one in changed])
            write_dossiers(self._database, connection, findings.dossiers)
            write_measurements(self._database, connection, findings.measurements, now)
            write_series(self._database, connection, findings.series)
            connection.execute(
                update(leader).values(
                    concluded=findings.tick
                    if stands.concluded is None
                    else max(findings.tick, stands.concluded),
                    alerts=stands.alerts + len(new_alerts),
                    verdicts=stands.verdicts + len(changes),
                )
            )

    def alerts(self, after: int, limit: int) -> list[StoredAlert]:
        """As `ReadStore.alerts`."""
        query = select(alerts).where(alerts.c.version > after).order_by(alerts.c.version).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredAlert(row.version, AlertRecord(**_fields(row, AlertRecord))) for row in rows]

    def verdicts(self, after: int, limit: int) -> list[StoredVerdict]:
        """As `ReadStore.verdicts`."""
        query = select(verdicts).where(verdicts.c.version > after).order_by(verdicts.c.version).limit(limit)
        return self._verdicts(query)

    def verdict_of(self, account_id: str) -> StoredVerdict | None:
        """As `ReadStore.verdict_of`."""
        found = self._verdicts(select(verdicts).where(verdicts.c.account_id == account_id))
        return found[0] if found else None

    def verdict_history(self, account_id: str) -> list[StoredVerdict]:
        """As `ReadStore.verdict_history`."""
        query = select(verdict_history).where(verdict_history.c.account_id == account_id)
        return self._verdicts(query.order_by(verdict_history.c.version))

    def campaigns(self) -> list[CampaignRecord]:
        """As `ReadStore.campaigns`."""
        with self._database.reading() as connection:
            rows = connection.execute(select(campaigns).order_by(campaigns.c.campaign_id)).all()
        return [CampaignRecord(**_fields(row, CampaignRecord)) for row in rows]

    def cursor(self, sink: str, stream: Stream) -> int:
        """As `ReadStore.cursor`."""
        mine = (cursors.c.sink == sink) & (cursors.c.stream == stream)
        with self._database.reading() as connection:
            return connection.execute(select(cursors.c.version).where(mine)).scalar_one_or_none() or 0

    def advance(self, sink: str, stream: Stream, version: int) -> None:
        """As `ReadStore.advance`."""
        statement = self._database.dialect.insert(cursors).values(sink=sink, stream=stream, version=version)
        statement = statement.on_conflict_do_update(
            index_elements=[cursors.c.sink, cursors.c.stream],
            set_={"version": version},
            where=cursors.c.version < version,
        )
        with self._database.writing() as connection:
            connection.execute(statement)

    def _verdicts(self, query: Any) -> list[StoredVerdict]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredVerdict(row.version, VerdictRecord(**_fields(row, VerdictRecord))) for row in rows]


def _new_alerts(connection: Connection, found: Sequence[AlertRecord]) -> list[AlertRecord]:
    ids = {alert.alert_id for alert in found}
    known: set[tuple[str, int]] = set()
    for batch in batches(ids):
        query = select(alerts.c.alert_id, alerts.c.revision).where(alerts.c.alert_id.in_(batch))
        known.update((row.alert_id, row.revision) for row in connection.execute(query))
    return [alert for alert in found if (alert.alert_id, alert.revision) not in known]


def _later(connection: Connection, key: Column[Any], found: Sequence[Any]) -> list[Any]:
    """Those later than what is stored under their key, and than those before them."""
    times = _times(connection, key, {getattr(one, key.name) for one in found})
    later = []
    for one in found:
        name = getattr(one, key.name)
        if name not in times or one.time > times[name]:
            times[name] = one.time
            later.append(one)
    return later


def _times(connection: Connection, key: Column[Any], names: Iterable[str]) -> dict[str, int]:
    times: dict[str, int] = {}
    for batch in batches(names):
        query = select(key, key.table.c.time).where(key.in_(batch))
        times.update((name, time) for name, time in connection.execute(query))
    return times


def _versioned(found: Sequence[Any], after: int, **more: Any) -> list[dict[str, Any]]:
    return [columns(one) | {"version": version} | more for version, one in enumerate(found, after + 1)]


def _fields(row: Row[Any], record: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in record.__slots__}
