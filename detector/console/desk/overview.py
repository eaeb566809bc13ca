"""How things stand: traffic, alerts, how right they were, the health of the log, and who works on what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select

from detector.dossier.series import ACTIVE, ALERTS, EVENTS, FIELDS, STEP
from detector.evaluate.rates import Rate
from detector.ops.standing import look
from detector.store.casework_schema import cases
from detector.store.dossier_schema import series
from detector.telemetry.presence import FIELDS as KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from detector.console.desk.sources import Sources
    from detector.dossier.records import Point
    from detector.ops.standing import Standing

RIGHT: Final = ("true_positive_impact", "true_positive_no_impact")
WRONG: Final = "false_positive"
WEEK: Final = 7 * 24 * 3_600_000
"""ms"""


@dataclass(frozen=True, slots=True)
class Health:
    """How much of the traffic says something."""

    field: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Precision:
    """True positives among what was judged true or false in a week; benign positives are neither."""

    week: int
    """ms, when it began"""
    rate: Rate


@dataclass(frozen=True, slots=True)
class Work:
    """Open cases of one person."""

    assignee: str
    """a user's id; empty: nobody's"""
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One look."""

    standing: Standing
    series: Mapping[str, Sequence[Point]]
    health: tuple[Health, ...]
    precision: tuple[Precision, ...]
    work: tuple[Work, ...]
    exports: Mapping[tuple[str, str], int]
    model_id: str | None
    """of the latest alert"""
    since: int
    step: int
    """ms of event time"""


class Overview:
    """`now` tells ms of the clock."""

    def __init__(self, sources: Sources, now: Callable[[], int]) -> None:
        self._sources = sources
        self._now = now

    def picture(self, span: int, step: int) -> Picture:
        """The last `span` ms of event time up to the last closed tick, in steps of `step` ms."""
        standing = look(self._sources.store, self._now(), {})
        since = max(0, self._end(standing) - span)
        names = [EVENTS, ACTIVE, *ALERTS.values(), *(FIELDS + field for field in KNOWN)]
        counted = self._sources.dossiers.series(names, since, step)
        return Picture(
            standing,
            counted,
            _health(counted),
            tuple(self.precision()),
            tuple(self.work()),
            self._sources.deliveries.counts(),
            _model(standing),
            since,
            step,
        )

    def precision(self) -> list[Precision]:
        """By week of judgement, oldest first."""
        week = (cases.c.judged // WEEK) * WEEK
        query = (
            select(week.label("week"), cases.c.verdict, func.count().label("n"))
            .where(cases.c.verdict.in_((*RIGHT, WRONG)))
            .group_by(week, cases.c.verdict)
        )
        found: dict[int, list[int]] = {}
        with self._sources.database.reading() as connection:
            for row in connection.execute(query):
                right = found.setdefault(int(row.week), [0, 0])
                right[row.verdict == WRONG] += row.n
        return [Precision(at, Rate.of(right, right + wrong)) for at, (right, wrong) in sorted(found.items())]

    def work(self) -> list[Work]:
        """Open cases by who has them, the most first."""
        query = select(cases.c.assignee, func.count().label("n")).where(cases.c.queue == "open")
        with self._sources.database.reading() as connection:
            rows = connection.execute(query.group_by(cases.c.assignee)).all()
        return [Work(row.assignee, row.n) for row in sorted(rows, key=lambda row: (-row.n, row.assignee))]

    def _end(self, standing: Standing) -> int:
        """Of event time, so that a log from last year shows as well."""
        times = [one.alert.time for one in standing.alerts]
        with self._sources.database.reading() as connection:
            query = select(func.max(series.c.time)).where(series.c.name == EVENTS)
            latest = connection.execute(query).scalar_one()
        marks = [one.watermark for one in standing.partitions if one.watermark is not None]
        return max([*times, *marks, 0 if latest is None else latest + STEP])


def _health(counted: Mapping[str, Sequence[Point]]) -> tuple[Health, ...]:
    events = sum(point.value for point in counted[EVENTS])
    found = {field: counted[FIELDS + field] for field in KNOWN}
    return tuple(
        Health(field, sum(point.value for point in points) / events if events and points else None)
        for field, points in found.items()
    )


def _model(standing: Standing) -> str | None:
    if not standing.alerts:
        return None
    said = msgspec.json.decode(standing.alerts[0].alert.body, type=dict[str, object]).get("model_id")
    return said if isinstance(said, str) else None
