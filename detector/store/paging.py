"""The leader's state: pages that changed, and the rows of cold accounts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, tuple_

from detector.store.checkpoints import Checkpoint, Page
from detector.store.part import SqlPart, batches, led
from detector.store.schema import checkpoints, cold_accounts, frames, pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.store.checkpoints import CheckpointDelta

_PAGES: Final = 64
"""read and written at a time"""


class SqlPaging(SqlPart):
    """Written by the leader only."""

    def checkpoint(self, lease: int, delta: CheckpointDelta) -> None:
        """As `LeaderStore.checkpoint`."""
        with self._database.writing() as connection:
            self._write_pages(connection, delta)
            self._write_cold(connection, delta)
            connection.execute(delete(frames).where(frames.c.tick <= delta.tick))
            row = {"id": 1, "tick": delta.tick, "manifest": delta.manifest}
            self._database.upsert(connection, checkpoints, [row])
            # Last, so that a long checkpoint does not hold up who asks for the lease.
            led(connection, lease)

    def load_checkpoint(self) -> Checkpoint | None:
        """As `LeaderStore.load_checkpoint`."""
        with self._database.reading() as connection:
            row = connection.execute(select(checkpoints)).one_or_none()
        return None if row is None else Checkpoint(row.tick, row.manifest)

    def pages(self) -> Iterator[Page]:
        """As `LeaderStore.pages`."""
        last = ("", -1)
        while True:
            rows = self._pages_after(last)
            if not rows:
                return
            yield from (Page(row.array, row.number, row.body) for row in rows)
            last = (rows[-1].array, rows[-1].number)

    def cold(self, accounts: Iterable[str]) -> dict[str, bytes]:
        """As `LeaderStore.cold`."""
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for batch in batches(accounts):
                rows = connection.execute(select(cold_accounts).where(cold_accounts.c.account_id.in_(batch)))
                found.update((row.account_id, row.body) for row in rows)
        return found

    def _write_pages(self, connection: Connection, delta: CheckpointDelta) -> None:
        _remove_beyond(connection, delta.lengths)
        for batch in batches(delta.pages, _PAGES):
            self._database.upsert(connection, pages, [asdict(page) for page in batch])

    def _write_cold(self, connection: Connection, delta: CheckpointDelta) -> None:
        for names in batches(delta.revived):
            connection.execute(delete(cold_accounts).where(cold_accounts.c.account_id.in_(names)))
        for batch in batches(delta.evicted):
            rows = [{"account_id": name, "body": body} for name, body in batch]
            self._database.upsert(connection, cold_accounts, rows)

    def _pages_after(self, last: tuple[str, int]) -> Sequence[Any]:
        key = (pages.c.array, pages.c.number)
        query = select(pages).where(tuple_(*key) > last).order_by(*key).limit(_PAGES)
        with self._database.reading() as connection:
            return connection.execute(query).all()


def _remove_beyond(connection: Connection, lengths: Mapping[str, int]) -> None:
    connection.execute(delete(pages).where(pages.c.array.not_in(list(lengths))))
    for array, length in lengths.items():
        connection.execute(delete(pages).where((pages.c.array == array) & (pages.c.number >= length)))
