"""Lists of cases: pages by cursor, and counts that stop at a bound."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, literal, select

from detector.casework.errors import NotFound, Refused
from detector.casework.ordering import order_of
from detector.casework.records import Case, Page
from detector.casework.rows import COLUMNS, load, with_tags
from detector.casework.slices import slices
from detector.store.casework_schema import cases
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from detector.casework.records import CaseQuery

MOST_A_PAGE: Final = 500
MOST_COUNTED: Final = 10_000
_SELECTED: Final = [cases.c[name] for name in COLUMNS]


class CaseList(SqlPart):
    """Reads cases, and keeps nobody who writes waiting."""

    def page(self, query: CaseQuery, cursor: str | None = None, limit: int = 50) -> Page[Case]:
        """The cases after a cursor of the same query; raises `Refused` for a cursor of another order."""
        check_query(query)
        most = max(1, min(limit, MOST_A_PAGE))
        order = order_of(query)
        # Of several slices most rows are dropped: only their keys are read, which the indexes hold.
        with self._database.reading() as connection:
            found = [
                row
                for one in slices(query, order, order.key, order.last_id)
                for row in connection.execute(order.ordered(one, cursor, most + 1))
            ]
            rows = order.merged(found)[: most + 1]
            known = load(connection, [row.case_id for row in rows[:most]])
        listed = [known[row.case_id] for row in rows[:most]]
        return Page(tuple(listed), order.cursor(rows[most - 1]) if len(rows) > most else None)

    def count(self, query: CaseQuery, most: int = MOST_COUNTED) -> int:
        """How many cases; `most` + 1 if there are more than that."""
        check_query(query)
        with self._database.reading() as connection:
            return count_cases(connection, query, most)

    def case(self, case_id: str) -> Case:
        """One case; raises `NotFound`."""
        with self._database.reading() as connection:
            return one_case(connection, case_id)

    def of_subject(self, kind: str, subject_id: str) -> Case | None:
        """The case about an account or a campaign."""
        mine = (cases.c.kind == kind) & (cases.c.subject_id == subject_id)
        with self._database.reading() as connection:
            rows = connection.execute(select(*_SELECTED).where(mine)).all()
            found = with_tags(connection, rows)
        return found[0] if found else None


def one_case(connection: Connection, case_id: str) -> Case:
    """One case; raises `NotFound`."""
    found = load(connection, [case_id]) if "\0" not in case_id else {}
    if case_id not in found:
        raise NotFound(f"case {case_id!r} is not known; see the queue for those there are")
    return found[case_id]


def count_cases(connection: Connection, query: CaseQuery, most: int) -> int:
    """As `CaseList.count`."""
    counted = 0
    for one in slices(query, order_of(query), literal(1)):
        rest = one.limit(most + 1 - counted).subquery()
        counted += connection.execute(select(func.count()).select_from(rest)).scalar_one()
        if counted > most:
            break
    return counted


def check_query(query: CaseQuery) -> None:
    """Raise `Refused` for what no database can look for."""
    for value in astuple(query):
        if isinstance(value, str) and any("\ud800" <= one <= "\udfff" or one == "\0" for one in value):
            raise Refused("query has a character that is none; leave it out")
