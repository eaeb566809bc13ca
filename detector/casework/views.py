"""Queries that people keep under a name."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, or_, select

from detector.casework.errors import NotFound, Refused
from detector.casework.records import SavedView
from detector.casework.texts import REASON, TAG, checked
from detector.store.casework_schema import saved_views
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from sqlalchemy import Row

MOST: Final = 100
"""views of one person"""


class Views(SqlPart):
    """Each has an owner, who may share it with everybody."""

    def save(self, view: SavedView) -> SavedView:
        """Keep a view, in the place of the owner's of the same name; raises `Refused`."""
        kept = SavedView(
            view.owner, checked("name", view.name, TAG), checked("query", view.query, REASON, 0), view.shared
        )
        mine = saved_views.c.owner == view.owner
        others = mine & (saved_views.c.name != kept.name)
        with self._database.writing() as connection:
            if connection.execute(select(func.count()).where(others)).scalar_one() >= MOST:
                raise Refused(f"{MOST} views are kept already; forget one first")
            self._database.upsert(connection, saved_views, [asdict(kept) | {"shared": int(kept.shared)}])
        return kept

    def views(self, owner: str) -> list[SavedView]:
        """The owner's, then what others share, by name."""
        seen = or_(saved_views.c.owner == owner, saved_views.c.shared == 1)
        query = select(saved_views).where(seen)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(saved_views.c.name, saved_views.c.owner)).all()
        return sorted((_view(row) for row in rows), key=lambda one: one.owner != owner)

    def forget(self, owner: str, name: str) -> None:
        """Let go of an owner's view; raises `NotFound`."""
        mine = (saved_views.c.owner == owner) & (saved_views.c.name == name)
        with self._database.writing() as connection:
            if connection.execute(delete(saved_views).where(mine)).rowcount == 0:
                raise NotFound(f"view {name!r} is not one of yours; see the list for those there are")


def _view(row: Row[tuple[str, str, str, int]]) -> SavedView:
    return SavedView(row.owner, row.name, row.query, bool(row.shared))
