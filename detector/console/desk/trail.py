"""Who did what: the audit, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from detector.audit.reading import history, select_entries
from detector.store.casework_schema import audit

if TYPE_CHECKING:
    from detector.console.desk.sources import Sources
    from detector.store.audit_entry import Recorded

LATEST: Final = 1 << 62
"""above every number"""


class Trail:
    """Reads only."""

    def __init__(self, sources: Sources) -> None:
        self._database = sources.database

    def page(self, before: int, limit: int) -> list[Recorded]:
        """Entries with numbers under `before`; numbers have no gaps."""
        with self._database.reading() as connection:
            last: int = connection.execute(select(func.max(audit.c.number))).scalar_one() or 0
            high = min(before, last + 1)
            return select_entries(connection, audit.c.number.between(high - limit, high - 1), limit)[::-1]

    def of(self, kind: str, object_id: str, limit: int = 200) -> list[Recorded]:
        """What was done to one thing."""
        return history(self._database, kind, object_id, LATEST, limit)
