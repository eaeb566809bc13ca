"""Who owns a partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from detector.store.errors import Fenced
from detector.store.intake import Claim, IntakeCounts, PartitionStatus
from detector.store.part import SqlPart
from detector.store.schema import clock, partitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection


class SqlClaims(SqlPart):
    """Partitions change hands under the lock of the clock, so that no tick closes meanwhile."""

    def expect(self, origins: Iterable[str], now: int) -> None:
        """As `IntakeStore.expect`."""
        rows = [_unread(origin) | {"epoch": 0, "claimed": now} for origin in sorted(set(origins))]
        if rows:
            statement = self._database.dialect.insert(partitions)
            with self._database.writing() as connection:
                _lock_clock(connection)
                connection.execute(statement.on_conflict_do_nothing(), rows)

    def claim(self, origins: Iterable[str], owner: str, now: int) -> dict[str, Claim]:
        """As `IntakeStore.claim`."""
        with self._database.writing() as connection:
            closed = _lock_clock(connection)
            return {
                origin: _claim(self._own(connection, origin, owner, now), closed)
                for origin in sorted(set(origins))
            }

    def wake(self, origin: str, epoch: int) -> int | None:
        """As `IntakeStore.wake`."""
        mine = (partitions.c.origin == origin) & (partitions.c.epoch == epoch)
        with self._database.writing() as connection:
            closed = _lock_clock(connection)
            if connection.execute(update(partitions).where(mine).values(idle=False)).rowcount != 1:
                raise Fenced(origin)
            return closed

    def retire(self, origins: Iterable[str]) -> None:
        """As `Store.retire`."""
        with self._database.writing() as connection:
            _lock_clock(connection)
            for origin in sorted(set(origins)):
                connection.execute(
                    update(partitions)
                    .where(partitions.c.origin == origin)
                    .values(epoch=partitions.c.epoch + 1, idle=True)
                )

    def partitions(self) -> list[PartitionStatus]:
        """As `ReadStore.partitions`."""
        columns = [column for column in partitions.c if column.name != "state"]
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).order_by(partitions.c.origin)).all()
        return [_status(row) for row in rows]

    def _own(self, connection: Connection, origin: str, owner: str, now: int) -> Row[Any]:
        changed = {"epoch": partitions.c.epoch + 1, "owner": owner, "claimed": now}
        statement = self._database.dialect.insert(partitions).values(
            _unread(origin) | {"epoch": 1, "owner": owner, "claimed": now}
        )
        statement = statement.on_conflict_do_update(index_elements=[partitions.c.origin], set_=changed)
        return connection.execute(statement.returning(*partitions.c)).one()


def _lock_clock(connection: Connection) -> int | None:
    """Wait for whoever closes ticks or changes partitions' hands; the last closed tick."""
    closed: int | None = connection.execute(select(clock.c.closed).with_for_update()).scalar_one()
    return closed


def _unread(origin: str) -> dict[str, Any]:
    counts = dict.fromkeys(("sequence", *IntakeCounts.__slots__), 0)
    return counts | {"origin": origin, "idle": False, "state": b""}


def _claim(row: Row[Any], closed: int | None) -> Claim:
    return Claim(row.origin, row.epoch, row.position, row.state, _counts(row), row.idle, closed)


def _status(row: Row[Any]) -> PartitionStatus:
    return PartitionStatus(
        origin=row.origin,
        owner=row.owner,
        epoch=row.epoch,
        claimed=row.claimed,
        committed=row.committed,
        position=row.position,
        watermark=row.watermark,
        counts=_counts(row),
        idle=row.idle,
    )


def _counts(row: Row[Any]) -> IntakeCounts:
    return IntakeCounts(*(getattr(row, name) for name in IntakeCounts.__slots__))
