"""What the parts of the store in SQL share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from detector.store.errors import Fenced
from detector.store.schema import leader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from detector.store.database import Database

_T = TypeVar("_T")

BATCH: Final = 1000
"""Values in one statement; SQLite takes at most 32,766."""


class SqlPart:
    """A part of the store, over a database that all parts share."""

    def __init__(self, database: Database) -> None:
        self._database = database


def led(connection: Connection, lease: int) -> Row[Any]:
    """The leader's row, locked; raises `Fenced` if the lease is no longer the latest."""
    row = connection.execute(select(leader).with_for_update()).one()
    if row.lease != lease:
        raise Fenced("leader")
    return row


def batches(values: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """Lists of at most `size` values."""
    batch: list[_T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
