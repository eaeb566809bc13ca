"""A partition's progress, written as one with everything that became of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update

from detector.store.database import insert_all
from detector.store.errors import Fenced, StoreError
from detector.store.intake import IntakeCounts
from detector.store.part import SqlPart
from detector.store.schema import clock, frames, letters, partitions, seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from detector.store.intake import PartitionCommit


_SEGMENTS: Final = 64
"""read at a time"""


class SqlCommits(SqlPart):
    """Written by workers only."""

    def commit(self, commits: Sequence[PartitionCommit], now: int) -> None:
        """As `IntakeStore.commit`."""
        if not commits:
            return
        with self._database.writing() as connection:
            numbers = _lock_numbers(connection, commits)
            stands = _lock_partitions(connection, [commit.origin for commit in commits])
            for commit in commits:
                _check_owner(commit, stands.get(commit.origin))
            news = [commit for commit in commits if commit.position != stands[commit.origin].position]
            for commit in news:
                _check_frames(commit, numbers.closed)
            _write_standing(connection, commits, stands, now)
            _write_letters(connection, news, numbers.letters, now)
            insert_all(connection, frames, [row for one in news for row in _frames(one, stands[one.origin])])
            insert_all(connection, seen, [row for one in news for row in _seen(one, stands[one.origin])])

    def seen(self, origin: str, since: int) -> Iterator[bytes]:
        """As `IntakeStore.seen`."""
        last = -1
        while True:
            rows = self._segments(origin, since, last)
            if not rows:
                return
            yield from (row.body for row in rows)
            last = rows[-1].sequence

    def _segments(self, origin: str, since: int, after: int) -> Sequence[Any]:
        wanted = (seen.c.origin == origin) & (seen.c.latest >= since) & (seen.c.sequence > after)
        query = select(seen.c.sequence, seen.c.body).where(wanted).order_by(seen.c.sequence).limit(_SEGMENTS)
        with self._database.reading() as connection:
            return connection.execute(query).all()


def _lock_numbers(connection: Connection, commits: Sequence[PartitionCommit]) -> Row[Any]:
    """The clock; locked if numbers are to be given, so that they become visible in their order."""
    query = select(clock)
    if any(commit.letters for commit in commits):
        query = query.with_for_update()
    return connection.execute(query).one()


def _lock_partitions(connection: Connection, origins: Sequence[str]) -> dict[str, Row[Any]]:
    columns = (partitions.c[name] for name in ("origin", "epoch", "position", "idle", "sequence"))
    query = select(*columns).where(partitions.c.origin.in_(origins))
    # In one order, or two transactions could wait for each other.
    rows = connection.execute(query.order_by(partitions.c.origin).with_for_update())
    return {row.origin: row for row in rows}


def _check_owner(commit: PartitionCommit, stands: Row[Any] | None) -> None:
    if stands is None or stands.epoch != commit.epoch:
        raise Fenced(commit.origin)
    if stands.idle and not (commit.idle and commit.position == stands.position):
        raise StoreError(
            f"commit of {commit.origin}: it is idle, so that ticks close without it; wake it first"
        )


def _check_frames(commit: PartitionCommit, closed: int | None) -> None:
    if closed is not None and any(frame.tick <= closed for frame in commit.frames):
        raise StoreError(
            f"commit of {commit.origin}: it has a frame of tick {closed} or before, which is closed; "
            "admit no event into a tick up to that of its claim or waking"
        )


def _write_standing(
    connection: Connection, commits: Sequence[PartitionCommit], stands: dict[str, Row[Any]], now: int
) -> None:
    statement = update(partitions).where(partitions.c.origin == bindparam("of"))
    connection.execute(statement, [_standing(one, stands[one.origin], now) for one in commits])


def _standing(commit: PartitionCommit, stands: Row[Any], now: int) -> dict[str, Any]:
    counts = {name: getattr(commit.counts, name) for name in IntakeCounts.__slots__}
    return counts | {
        "of": commit.origin,
        "position": commit.position,
        "state": commit.state,
        "watermark": commit.watermark,
        "idle": commit.idle,
        "committed": now,
        "sequence": stands.sequence + 1 + len(commit.frames),
    }


def _frames(commit: PartitionCommit, stands: Row[Any]) -> Iterator[dict[str, Any]]:
    for sequence, frame in enumerate(commit.frames, stands.sequence + 1):
        yield {
            "tick": frame.tick,
            "origin": commit.origin,
            "sequence": sequence,
            "events": frame.events,
            "body": frame.body,
        }


def _seen(commit: PartitionCommit, stands: Row[Any]) -> Iterator[dict[str, Any]]:
    if commit.seen is not None:
        yield {
            "origin": commit.origin,
            "sequence": stands.sequence,
            "latest": commit.seen.latest,
            "body": commit.seen.body,
        }


def _write_letters(connection: Connection, commits: Sequence[PartitionCommit], latest: int, now: int) -> None:
    """Under the numbers after `latest`, which are those of the whole store."""
    kept = [row for one in commits for row in _letters(one, now)]
    if kept:
        insert_all(
            connection, letters, [row | {"number": number} for number, row in enumerate(kept, latest + 1)]
        )
        connection.execute(update(clock).values(letters=latest + len(kept)))


def _letters(commit: PartitionCommit, now: int) -> Iterator[dict[str, Any]]:
    for letter in commit.letters:
        yield {
            "origin": commit.origin,
            "time": now,
            "position": letter.position,
            "reason": letter.reason,
            "detail": letter.detail,
            "payload": letter.payload,
        }
