"""Values of foreign logs, read leniently: one that makes no sense is no value.

Much of such a record was written by the client, so a strange parameter must not be a way to have one's own
requests rejected. What an event cannot do without is read by `required_name` and the times, which reject.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.adapters.base import RecordError
from features.adapters.mending import decode_lenient
from features.adapters.reasons import UNREADABLE, field_error, missing
from features.contract import MAX_TOKENS
from features.times import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME: Final = 512
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = int(EARLIEST.timestamp())
_LATEST: Final = int(LATEST.timestamp())
_MOST_DIGITS: Final = 20
_WORD: Final = 2**63
_LONGEST_MS: Final = 30 * 86_400_000.0
_HIGHEST_STATUS: Final = 999
_ANY: Final = msgspec.json.Decoder(Any)
_FLAGS: Final = ("false", "true")


def first(record: Mapping[str, Any], *names: str) -> Any:
    """The value of the first of `names` that is neither absent, null nor empty text."""
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
    return None


def mapping(value: Any) -> dict[str, Any]:
    """An object, also one that was written as JSON text; empty where it is neither."""
    found = parsed(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def parsed(value: Any) -> Any:
    """What JSON text of an object or a list says; any other value as it is."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return decode_lenient(value.encode(), _ANY)
    except UNREADABLE:
        return value


def text(value: Any) -> str | None:
    """Text that is not empty."""
    return value if isinstance(value, str) and value else None


def name(value: Any) -> str | None:
    """An identifier of 1 to `LONGEST_NAME` characters; whole numbers are identifiers, too."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and -_WORD < value < _WORD:
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME else None


def count(value: Any, high: int = MAX_TOKENS) -> int | None:
    """A whole number from 0 to `high`, also one written as 256.0 or as digits."""
    if value is None:
        return None
    if isinstance(value, str):
        value = _digits(value)
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= high else None


def number(value: Any, high: float) -> float | None:
    """A number from 0 to `high`, also one written as text."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value <= high else None


def millis(value: Any, scale: float = 1.0) -> float | None:
    """A duration in units of `scale` ms, as ms, up to 30 days."""
    told = number(value, _LONGEST_MS / scale)
    return None if told is None else told * scale


def between(start: datetime, end: datetime | None) -> float | None:
    """Milliseconds from one time to another.

    Clocks may be set back within a request: no duration is better than a wrong one.
    """
    return None if end is None else millis((end - start).total_seconds() * 1000)


def flag(value: Any) -> bool | None:
    """A boolean, also one written as text."""
    if isinstance(value, str) and value.lower() in _FLAGS:
        return value.lower() == "true"
    return value if isinstance(value, bool) else None


def whole(value: Any) -> int | None:
    """A whole number of 64 bits, of either sign."""
    told = isinstance(value, int) and not isinstance(value, bool) and -_WORD <= value < _WORD
    return value if told else None


def status(value: Any) -> int | None:
    """An HTTP status; 0 and what is negative is how gateways say that there was none."""
    return count(value, _HIGHEST_STATUS) or None


def when(value: Any) -> datetime | None:
    """An ISO 8601 time from 2000 to 2199; one without a zone is UTC, as databases export them."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    time = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return time if EARLIEST <= time < LATEST else None


def required_time(value: Any, field: str) -> datetime:
    """As `when`; raises `RecordError` where there is none or it makes no sense."""
    if value is None or value == "":
        raise missing(field)
    time = when(value)
    if time is None:
        raise field_error("bad_time", field, "no ISO 8601 time in 2000 to 2199")
    return time


def required_epoch(value: Any, field: str, unit: int) -> datetime:
    """A time in units since 1970, `unit` of them a second, also written as digits; raises `RecordError`."""
    if value is None or value == "":
        raise missing(field)
    told = _digits(value) if isinstance(value, str) else number(value, _LATEST * unit)
    if told is None or not _EARLIEST * unit <= told < _LATEST * unit:
        raise RecordError(
            "bad_time",
            f"{field}: before 2000 or after 2199 as a number of 1/{unit} s since 1970; "
            "correct the clock or the unit at its source",
        )
    # Nanoseconds do not fit the mantissa of a float.
    exact = told if isinstance(value, str) else value
    micros = exact * 1_000_000 // unit if isinstance(exact, int) else round(told * 1e6 / unit)
    return _EPOCH + timedelta(microseconds=micros)


def required_name(value: Any, field: str) -> str:
    """As `name`; raises `RecordError` where there is none or it makes no sense."""
    if value is None or value == "":
        raise missing(field)
    found = name(value)
    if found is None:
        long = isinstance(value, str)
        raise field_error(
            "out_of_range" if long else "wrong_type",
            field,
            f"longer than {LONGEST_NAME} characters" if long else "no text",
        )
    return found


def _digits(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None
