"""Keeps cases as alerts, dossiers and exceptions are. Any number of processes may; one works at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, true, update

from detector.casework.coverage import affected, astray, in_force
from detector.casework.projection import DETECTOR, refresh, take_alerts
from detector.casework.relisting import relist
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.casework_schema import cases, exceptions
from detector.store.dossier_schema import dossiers
from detector.store.findings import AlertRecord
from detector.store.part import BATCH, SqlPart
from detector.store.schema import alerts, cursors, leader

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SINK: Final = "cases"


class CaseKeeper(SqlPart):
    """Does again what another process did, to the same effect; nothing is lost by a crash in between."""

    concluded: int | None = None
    """the tick whose dossiers were looked at last, by this process"""

    def follow(self, now: int) -> int:
        """Take over all that is new, up to `now` (ms of the wall clock); how many things that were.

        Raises `StoreUnavailable`; calling it again is safe.
        """
        done = 0
        while taken := self._alerts(now):
            done += taken
        return done + self._figures(now) + self._exceptions(now) + self._strays(now)

    def _alerts(self, now: int) -> int:
        """The next revisions, in one transaction with how far it came."""
        with self._database.reading() as connection:
            latest = connection.execute(select(func.max(alerts.c.version))).scalar_one() or 0
            if latest <= _cursor(connection, "alerts"):
                return 0
        with self._database.writing() as connection:
            hold(connection)
            after = _cursor(connection, "alerts")
            query = select(alerts).where(alerts.c.version > after).order_by(alerts.c.version).limit(BATCH)
            rows = connection.execute(query).all()
            fields = AlertRecord.__slots__
            take_alerts(
                connection, [AlertRecord(*(getattr(row, name) for name in fields)) for row in rows], now
            )
            if rows:
                self._advance(connection, "alerts", rows[-1].version)
        return len(rows)

    def _figures(self, now: int) -> int:
        """Cases whose dossiers are later than the latest that were looked at."""
        with self._database.reading() as connection:
            concluded = connection.execute(select(leader.c.concluded)).scalar_one()
            since = _cursor(connection, "dossiers")
            # Nothing but a tick writes them.
            if concluded is None or concluded == self.concluded:
                return 0
            newer = select(dossiers.c.time, cases.c.case_id).where(dossiers.c.time > since)
            mine = (cases.c.subject_id == dossiers.c.subject_id) & (cases.c.kind == dossiers.c.kind)
            found = connection.execute(newer.join_from(dossiers, cases, mine)).all()
        for start in range(0, len(found), BATCH):
            with self._database.writing() as connection:
                hold(connection)
                refresh(connection, [row.case_id for row in found[start : start + BATCH]], now)
        if found:
            with self._database.writing() as connection:
                self._advance(connection, "dossiers", max(row.time for row in found))
        self.concluded = concluded
        return len(found)

    def _exceptions(self, now: int) -> int:
        """Exceptions that began or ended without their cases having been told."""
        stands = in_force(now)
        stale = or_((exceptions.c.counted == 0) & stands, (exceptions.c.counted == 1) & ~stands)
        with self._database.reading() as connection:
            names = list(connection.execute(select(exceptions.c.exception_id).where(stale)).scalars())
        for name in names:
            with self._database.writing() as connection:
                hold(connection)
                mine = select(exceptions).where(exceptions.c.exception_id == name, stale)
                row = connection.execute(mine).one_or_none()
                if row is None:
                    continue
                told = update(exceptions).where(exceptions.c.exception_id == name)
                connection.execute(told.values(counted=1 - row.counted))
                if row.counted and row.ended is None:
                    append(connection, [Entry(now, DETECTOR, "lapse", "exception", name)])
                relist(connection, affected(row.scope, row.subject), now)
        return len(names)

    def _strays(self, now: int) -> int:
        """Cases of accounts whose organisation was told after an exception for it."""
        with self._database.reading() as connection:
            if (
                connection.execute(
                    select(true()).where(select(cases.c.case_id).where(astray(now)).exists())
                ).first()
                is None
            ):
                return 0
        with self._database.writing() as connection:
            hold(connection)
            return relist(connection, astray(now), now)

    def _advance(self, connection: Connection, stream: str, version: int) -> None:
        statement = self._database.dialect.insert(cursors).values(sink=SINK, stream=stream, version=version)
        later = statement.on_conflict_do_update(
            index_elements=[cursors.c.sink, cursors.c.stream],
            set_={"version": version},
            where=cursors.c.version < version,
        )
        connection.execute(later)


def _cursor(connection: Connection, stream: str) -> int:
    mine = (cursors.c.sink == SINK) & (cursors.c.stream == stream)
    return connection.execute(select(cursors.c.version).where(mine)).scalar_one_or_none() or 0
