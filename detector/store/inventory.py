"""How much a store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select

from detector.store.part import SqlPart
from detector.store.schema import frames, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Inventory:
    """A store as it is."""

    schema: str
    bytes: int
    """on the disk, freed space included; without SQLite's log"""
    rows: Mapping[str, int]
    """by table"""
    waiting: int
    """events of the frames that are stored: what a recovery folds, and what is still to be folded"""


class SqlInventory(SqlPart):
    """Counts rows, which takes a server a while where there are many."""

    def inventory(self) -> Inventory:
        """As `Store.inventory`."""
        with self._database.reading() as connection:
            rows = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }
            waiting = connection.execute(select(func.sum(frames.c.events))).scalar_one()
            schema = MigrationContext.configure(connection).get_current_revision()
            size = self._database.dialect.size(connection)
        return Inventory(str(schema), size, rows, int(waiting or 0))
