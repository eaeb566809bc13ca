"""Drift in the store: what the leader measures once a day, and what it comes to when read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from detector.dossier.reading import Dossiers
from detector.drift.fields import SERIES, field_shares
from detector.drift.judged import judged
from detector.drift.report import Report
from detector.drift.stability import Stability
from detector.store.dossier_schema import series
from detector.store.findings import SeriesPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.store.database import Database

DAY: Final = 86_400_000
PREFIX: Final = "drift."
_COLUMNS: Final = ("accounts", "psi", "missing")
_ONCE: Final = ("usually_missing", "moved")
"""Left out where they are zero: there are four cohorts of a hundred features every day."""


def points(model_id: str, found: Sequence[Stability], day: int) -> list[SeriesPoint]:
    """What was measured of a model on a day that began at `day` (ms)."""
    return [
        SeriesPoint(f"{PREFIX}{model_id}.{column}.{one.cohort}.{one.feature}", day, float(value or 0.0))
        for one in found
        for column in (*_COLUMNS, *_ONCE)
        if (value := getattr(one, column)) or column in _COLUMNS
    ]


def stored_report(database: Database, model_id: str, days: int) -> Report:
    """Drift of a model on its last day that was measured; verdicts and fields of the last `days`."""
    with database.reading() as connection:
        last = connection.execute(select(func.max(series.c.time))).scalar_one_or_none() or 0
    since = last - days * DAY
    return Report(
        model_id,
        last,
        tuple(_stability(database, model_id, since)),
        tuple(field_shares(Dossiers(database).series(SERIES, since, DAY))),
        judged(database, since),
    )


def _stability(database: Database, model_id: str, since: int) -> list[Stability]:
    prefix = f"{PREFIX}{model_id}."
    mine = series.c.name.startswith(prefix, autoescape=True) & (series.c.time >= since)
    with database.reading() as connection:
        day = connection.execute(select(func.max(series.c.time)).where(mine)).scalar_one_or_none()
        if day is None:
            return []
        rows = connection.execute(select(series).where(mine, series.c.time == day)).all()
    told: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        column, cohort, feature = row.name.removeprefix(prefix).split(".", 2)
        told.setdefault((feature, cohort), {})[column] = row.value
    found = [_read(feature, cohort, values) for (feature, cohort), values in told.items()]
    return sorted(found, key=lambda one: (not one.moved, -one.psi, one.feature, one.cohort))


def _read(feature: str, cohort: str, values: dict[str, float]) -> Stability:
    return Stability(
        feature, cohort, round(values["accounts"]), values["psi"], values["missing"],
        values.get("usually_missing"), bool(values.get("moved")),
    )  # fmt: skip
