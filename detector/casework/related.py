"""Cases that have to do with one: of the same campaign, or of accounts that show the same rare objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from detector.casework.coverage import of_campaign
from detector.casework.listing import one_case
from detector.casework.rows import COLUMNS, with_tags
from detector.store.casework_schema import cases
from detector.store.dossier_schema import shared_objects
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from detector.casework.records import Case

OBJECTS: Final = 32
"""looked at, those that fewest accounts show"""
COMMON: Final = 1000
"""accounts that show an object at most, or it relates nobody"""
_SELECTED: Final = [cases.c[name] for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class Relation:
    """Another case and what it shares."""

    case: Case
    campaign: bool
    """whether both are of one campaign"""
    objects: int
    """rare objects that both show"""


class Related(SqlPart):
    """Looks both ways: by campaign, and by shared objects."""

    def related(self, case_id: str, limit: int = 50) -> list[Relation]:
        """Cases related to one, those of its campaign first, then by objects shared; raises `NotFound`."""
        with self._database.reading() as connection:
            case = one_case(connection, case_id)
            near = _near(connection, case, limit)
            counted = _shared(connection, case)
            names = sorted(counted, key=lambda name: (-counted[name], name))[:limit]
            query = select(*_SELECTED).where(cases.c.kind == "account", cases.c.subject_id.in_(names))
            rows = connection.execute(query).all()
            far = with_tags(connection, rows)
        found = {one.case_id: one for one in (*far, *near) if one.case_id != case_id}
        mine = case.campaign_id
        relations = [
            Relation(one, mine is not None and one.campaign_id == mine, counted.get(_account(one), 0))
            for one in found.values()
        ]
        relations.sort(key=lambda one: (not one.campaign, -one.objects, -one.case.rank, one.case.case_id))
        return relations[:limit]


def _account(case: Case) -> str:
    return case.subject_id if case.kind == "account" else ""


def _near(connection: Connection, case: Case, limit: int) -> list[Case]:
    if case.campaign_id is None:
        return []
    query = select(*_SELECTED).where(of_campaign(case.campaign_id)).order_by(cases.c.rank.desc())
    return with_tags(connection, connection.execute(query.limit(limit + 1)).all())


def _shared(connection: Connection, case: Case) -> dict[str, int]:
    """By account how many rare objects it shares with the case."""
    if case.kind != "account":
        return {}
    rare = _rare(case.subject_id)
    query = (
        select(shared_objects.c.account_id, func.count().label("shared"))
        .where(shared_objects.c.object_id.in_(select(rare.subquery().c.object_id)))
        .where(shared_objects.c.account_id != case.subject_id)
        .group_by(shared_objects.c.account_id)
    )
    return {row.account_id: row.shared for row in connection.execute(query)}


def _rare(account_id: str) -> Select[Any]:
    mine = select(shared_objects.c.object_id).where(shared_objects.c.account_id == account_id)
    shown = func.count()
    return (
        select(shared_objects.c.object_id)
        .where(shared_objects.c.object_id.in_(mine))
        .group_by(shared_objects.c.object_id)
        .having(shown <= COMMON)
        .order_by(shown, shared_objects.c.object_id)
        .limit(OBJECTS)
    )
