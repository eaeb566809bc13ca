"""Who leads, which ticks are closed, and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, tuple_, update

from detector.store.findings import Leadership
from detector.store.intake import Frame
from detector.store.part import SqlPart, led
from detector.store.schema import checkpoints, clock, frames, leader, partitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement

_FRAMES: Final = 64
"""read at a time"""


class SqlLeading(SqlPart):
    """One process at a time; epochs of the lease fence off all others."""

    def lead(self, owner: str, now: int, ttl: int) -> int | None:
        """As `LeaderStore.lead`."""
        with self._database.writing() as connection:
            row = connection.execute(select(leader).with_for_update()).one()
            if row.owner not in (None, owner) and row.until > now:
                return None
            lease: int = row.lease if row.owner == owner else row.lease + 1
            connection.execute(update(leader).values(owner=owner, lease=lease, until=now + ttl))
            return lease

    def resign(self, lease: int) -> None:
        """As `LeaderStore.resign`."""
        self._end(lease, leader.c.lease == lease)

    def depose(self, lease: int, until: int) -> None:
        """As `LeaderStore.depose`."""
        self._end(lease, (leader.c.lease == lease) & (leader.c.until == until))

    def leadership(self) -> Leadership:
        """As `LeadershipStore.leadership`."""
        with self._database.reading() as connection:
            row = connection.execute(select(leader)).one()
            closed = connection.execute(select(clock.c.closed)).scalar_one()
            checkpoint = connection.execute(select(checkpoints.c.tick)).scalar_one_or_none()
        return Leadership(
            owner=row.owner,
            lease=row.lease,
            until=row.until,
            closed=closed,
            concluded=row.concluded,
            checkpoint=checkpoint,
            alerts=row.alerts,
            verdicts=row.verdicts,
        )

    def close_ticks(self, lease: int, tick_ms: int, now: int) -> int | None:
        """As `LeaderStore.close_ticks`."""
        with self._database.writing() as connection:
            led(connection, lease)
            closed: int | None = connection.execute(select(clock.c.closed).with_for_update()).scalar_one()
            stands = connection.execute(select(partitions.c.watermark, partitions.c.idle)).all()
            ended = _ended(stands, tick_ms)
            if stands and all(row.idle for row in stands):
                # Not up to the present: a log of old events may only have paused, and goes on with the next.
                over = frames.c.tick <= (now - tick_ms) // tick_ms
                ended = connection.execute(select(func.max(frames.c.tick)).where(over)).scalar_one()
            if ended is None or (closed is not None and ended <= closed):
                return closed
            connection.execute(update(clock).values(closed=ended))
            return ended

    def frames(self, after: int | None, until: int) -> Iterator[tuple[str, Frame]]:
        """As `LeaderStore.frames`."""
        # Page by page, so that no transaction stays open while the caller folds.
        last: tuple[int, str, int] | None = None
        while True:
            rows = self._page_of_frames(after, until, last)
            if not rows:
                return
            for row in rows:
                yield row.origin, Frame(row.tick, row.events, row.body)
            last = (rows[-1].tick, rows[-1].origin, rows[-1].sequence)

    def frames_waiting(self, after: int | None) -> int:
        """As `LeaderStore.frames_waiting`."""
        query = select(func.count()).select_from(frames)
        if after is not None:
            query = query.where(frames.c.tick > after)
        with self._database.reading() as connection:
            waiting: int = connection.execute(query).scalar_one()
            return waiting

    def _end(self, lease: int, where: ColumnElement[bool]) -> None:
        given_up = {"owner": None, "lease": lease + 1, "until": 0}
        with self._database.writing() as connection:
            connection.execute(update(leader).where(where).values(given_up))

    def _page_of_frames(
        self, after: int | None, until: int, last: tuple[int, str, int] | None
    ) -> Sequence[Any]:
        key = (frames.c.tick, frames.c.origin, frames.c.sequence)
        query = select(frames).where(frames.c.tick <= until)
        if last is not None:
            query = query.where(tuple_(*key) > last)
        elif after is not None:
            query = query.where(frames.c.tick > after)
        with self._database.reading() as connection:
            return connection.execute(query.order_by(*key).limit(_FRAMES)).all()


def _ended(stands: Sequence[Any], tick_ms: int) -> int | None:
    """The last tick that no active partition can add to; None: unknown, or there is none."""
    marks = [row.watermark for row in stands if not row.idle]
    return None if not marks or None in marks else (min(marks) - 1) // tick_ms
