"""Rows of dossiers, measurements and series: what a leader repeats after a crash is the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from detector.store.database import insert_all
from detector.store.dossier_schema import dossiers, measurements, series, shared_objects
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from detector.store.database import Database
    from detector.store.findings import DossierRecord, MeasurementRecord, SeriesPoint


def columns(record: Any) -> dict[str, Any]:
    """A record's fields as they are: `dataclasses.asdict` would copy each, in ten times as long."""
    return {name: getattr(record, name) for name in record.__slots__}


def write_dossiers(database: Database, connection: Connection, found: Sequence[DossierRecord]) -> None:
    """The latest of each subject; one that is older than what is stored changes nothing."""
    latest = {(one.kind, one.subject_id): one for one in found}
    times = _times(connection, list(latest))
    later = [one for key, one in latest.items() if one.time > times.get(key, one.time - 1)]
    rows = [
        {"kind": one.kind, "subject_id": one.subject_id, "time": one.time, "body": one.body} for one in later
    ]
    database.upsert(connection, dossiers, rows)
    _write_objects(connection, [one for one in later if one.kind == "account"])


def write_measurements(
    database: Database, connection: Connection, found: Sequence[MeasurementRecord], now: int
) -> None:
    """One for each subject and step of time."""
    latest = {(one.kind, one.subject_id, one.time): one for one in found}
    database.upsert(connection, measurements, [columns(one) | {"recorded": now} for one in latest.values()])


def write_series(database: Database, connection: Connection, found: Sequence[SeriesPoint]) -> None:
    """One for each name and step of time."""
    latest = {(one.name, one.time): one for one in found}
    database.upsert(connection, series, [columns(one) for one in latest.values()])


def _write_objects(connection: Connection, found: Sequence[DossierRecord]) -> None:
    """What the accounts of `found` show, in place of what they showed."""
    for some in batches(one.subject_id for one in found):
        connection.execute(delete(shared_objects).where(shared_objects.c.account_id.in_(some)))
    rows = [
        {"object_id": thing, "account_id": one.subject_id, "requests": requests}
        for one in found
        for thing, requests in one.objects
    ]
    insert_all(connection, shared_objects, rows)


def _times(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """When the stored ones are of."""
    times: dict[tuple[str, str], int] = {}
    for kind in {kind for kind, _ in keys}:
        for some in batches(subject for of, subject in keys if of == kind):
            mine = (dossiers.c.kind == kind) & dossiers.c.subject_id.in_(some)
            rows = connection.execute(select(dossiers.c.subject_id, dossiers.c.time).where(mine))
            times.update({(kind, subject): time for subject, time in rows})
    return times
