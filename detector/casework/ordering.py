"""The orders in which cases are listed: each has an index that ends in the order's column and the id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import tuple_

from detector.casework.cursors import read_cursor, write_cursor
from detector.store.casework_schema import case_tags, cases

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Row, Select

    from detector.casework.records import CaseQuery


@dataclass(frozen=True, slots=True)
class Order:
    """By a column, then by id."""

    name: str
    key: Column[Any]
    last_id: Column[Any]
    falling: bool

    def ordered(self, query: Select[Any], cursor: str | None, limit: int) -> Select[Any]:
        """The first `limit` rows after a cursor; raises `Refused` for a cursor of another order."""
        keys = (self.key, self.last_id)
        if cursor is not None:
            place = read_cursor(cursor, self.name, str if self.key is cases.c.subject_id else int)
            query = query.where(self._after(tuple_(*keys), place))
        return query.order_by(*(key.desc() if self.falling else key for key in keys)).limit(limit)

    def cursor(self, row: Row[Any]) -> str:
        """After this row."""
        return write_cursor(self.name, getattr(row, self.key.name), row.case_id)

    def merged(self, rows: list[Row[Any]]) -> list[Row[Any]]:
        """Rows of several queries in this order."""
        return sorted(
            rows, key=lambda row: (_stored(getattr(row, self.key.name)), row.case_id), reverse=self.falling
        )

    def _after(self, keys: Any, place: tuple[int | str, str]) -> ColumnElement[bool]:
        bound = tuple_(*place, types=[self.key.type, self.last_id.type])
        after: ColumnElement[bool] = keys < bound if self.falling else keys > bound
        return after


def order_of(query: CaseQuery) -> Order:
    """The order of a query's cases."""
    if query.subject is not None:
        return Order("subject", cases.c.subject_id, cases.c.case_id, falling=False)
    if query.sort == "due":
        return Order("due", cases.c.due, cases.c.case_id, falling=False)
    if query.sort == "last_seen":
        return Order("last_seen", cases.c.last_seen, cases.c.case_id, falling=True)
    if query.tag is not None:
        return Order("rank", case_tags.c.rank, case_tags.c.case_id, falling=True)
    return Order("rank", cases.c.rank, cases.c.case_id, falling=True)


def _stored(key: Any) -> Any:
    """As databases compare it: NUL is stored under another sign."""
    return key.replace("\\", "\\\\").replace("\0", "\\0") if isinstance(key, str) else key
