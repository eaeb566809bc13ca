"""How far champion and challenger agreed on the live stream, read back from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select

from detector.registry.shadow import AGREEMENTS, DIFFERENCE, PREFIX
from detector.store.dossier_schema import series

if TYPE_CHECKING:
    from detector.store.database import Database

DAY: Final = 86_400_000


class Disagreement(msgspec.Struct, frozen=True):
    """Scorings of a day of event time, by whose score reached its own bar."""

    model_id: str
    day: int
    """when it began, ms"""
    both: int
    neither: int
    champion: int
    """its alone"""
    challenger: int
    difference: float
    """mean difference of the logits, without sign"""

    @property
    def scored(self) -> int:
        """All of them."""
        return self.both + self.neither + self.champion + self.challenger


def disagreements(database: Database, days: int) -> list[Disagreement]:
    """Of each challenger and day, of the last days that there are; oldest first."""
    begun = ((series.c.time // DAY) * DAY).label("begun")
    shadows = series.c.name.startswith(PREFIX)
    last = select(func.max(series.c.time)).where(shadows).scalar_subquery()
    query = (
        select(series.c.name, begun, func.sum(series.c.value).label("total"))
        .where(shadows, series.c.time > last - days * DAY)
        .group_by(series.c.name, begun)
    )
    found: dict[tuple[int, str], dict[str, float]] = {}
    with database.reading() as connection:
        for row in connection.execute(query):
            model_id, _, what = row.name.removeprefix(PREFIX).rpartition(".")
            found.setdefault((row.begun, model_id), {})[what] = row.total
    return [_day(model_id, day, told) for (day, model_id), told in sorted(found.items())]


def _day(model_id: str, day: int, told: dict[str, float]) -> Disagreement:
    counts = {name: round(told.get(name, 0.0)) for name in AGREEMENTS}
    mean = told.get(DIFFERENCE, 0.0) / max(sum(counts.values()), 1)
    return Disagreement(model_id=model_id, day=day, difference=mean, **counts)
