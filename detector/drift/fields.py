"""Fields that a log stopped having, or began to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.dossier.series import EVENTS, FIELDS
from detector.telemetry.presence import FIELDS as NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.dossier.records import Point

SERIES: Final = (EVENTS, *(FIELDS + name for name in NAMES if name != "account"))
"""What is asked for, a day a point."""
BEFORE: Final = 28
"""Days before the last one that say what is usual."""
_LEAST: Final = 1000
"""Events, below which a day says nothing."""
_MOVED: Final = 0.25


class FieldShare(msgspec.Struct, frozen=True):
    """Share of events that had a field."""

    field: str
    usual: float
    now: float
    moved: bool
    """by a quarter of all events, or to less than half of what was usual"""


def field_shares(series: Mapping[str, Sequence[Point]]) -> list[FieldShare]:
    """The last day beside those before it; empty where one of them has too few events."""
    events = {point.time: point.value for point in series.get(EVENTS, ())}
    *before, last = sorted(events) or [0]
    before = before[-BEFORE:]
    total = sum(events[day] for day in before)
    if not events or total < _LEAST or events[last] < _LEAST:
        return []
    found = []
    for name in SERIES[1:]:
        had = {point.time: point.value for point in series.get(name, ())}
        usual, now = sum(had.get(day, 0.0) for day in before) / total, had.get(last, 0.0) / events[last]
        found.append(FieldShare(name.removeprefix(FIELDS), usual, now, _is_moved(usual, now)))
    return sorted(found, key=lambda one: (not one.moved, one.field))


def _is_moved(usual: float, now: float) -> bool:
    return abs(now - usual) >= _MOVED or (usual >= 0.05 and now < usual / 2)  # noqa: PLR2004 - said above
