"""Numbers and times as people read them: filters of the templates."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from detector.casework.records import SEVERITIES

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_UNITS: Final = ((365 * _DAY, "y"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
_LATEST: Final = 253_402_300_799_000
"""ms; the last second that dates reach"""
_LONG: Final = 96


def number(value: float) -> str:
    """A count, with its thousands apart."""
    return f"{value:,.0f}"


def figure(value: float | None) -> str:
    """A measured value to three digits."""
    return "unknown" if value is None or not math.isfinite(value) else f"{value:.3g}"


def percent(value: float | None) -> str:
    """A share; unknown stays unknown."""
    return "unknown" if value is None or not math.isfinite(value) else f"{100 * value:.3g} %"


def score(value: float) -> str:
    """A probability, with as many digits as tell it from 0 and from 1."""
    return f"{value:.2f}" if 0.005 <= value < 0.995 else f"{value:.4f}"  # noqa: PLR2004 - rounds to 0 or 1


def duration(ms: float) -> str:
    """The largest unit in which it is one at least, rounded down."""
    return next((f"{ms // unit:.0f} {name}" for unit, name in _UNITS if ms >= unit), "under 1 min")


def moment(ms: int) -> str:
    """In UTC, to the minute."""
    return f"{_utc(ms):%Y-%m-%d %H:%M}"


def machine(ms: int) -> str:
    """As `datetime` of HTML's `time`."""
    return f"{_utc(ms):%Y-%m-%dT%H:%M:%SZ}"


def severity(value: int) -> str:
    """In a word."""
    return SEVERITIES[value] if 0 < value < len(SEVERITIES) else f"severity {value}"


def words(code: str) -> str:
    """A code without its underscores."""
    return code.replace("_", " ")


def clip(text: str, most: int = _LONG) -> str:
    """A text that is not too long to be shown in a table."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def segment(text: str) -> str:
    """A text as one segment of a path; half surrogate pairs, which no path can hold, become `?`."""
    return quote(text.encode("utf-8", "replace"), safe="")


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(min(max(ms, 0), _LATEST) / 1000, UTC)
