"""Why a record was rejected: the reason codes, and how a decoder's complaint becomes one.

What msgspec says of a record names types, limits and the path to the field, and never a value, so it may be
shown. What the UTF-8 codec says quotes a byte, so it may not.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

import msgspec

from features.adapters.base import RecordError

REASONS: Final = MappingProxyType(
    {
        "not_json": "the record is not one complete JSON value",
        "not_utf8": "a text holds bytes that are not UTF-8",
        "too_large": "the record is longer than the limit",
        "too_deep": "objects or lists are nested too deeply to read",
        "missing_field": "a required field is absent, null or empty",
        "wrong_type": "a field, or the record itself, has another JSON type than the format says",
        "out_of_range": "a number or a text is outside the limits of its field",
        "bad_time": "a time is malformed, has no zone, or lies outside 2000 to 2199",
        "from_future": "the event starts well after the present",
        "bad_sketch": "a sketch made at the edge is damaged, or made for another release, weights or key",
        "unknown_kind": "a lifecycle record of a kind that does not exist",
        "not_a_request": "a record of a foreign log that is about no request to a model",
    }
)
"""Every reason code, and what it means."""

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding one record of hostile bytes can raise."""

_PATH = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_LIMITS = ("Number out of range", " >= ", " <= ", " length ")
_REMEDIES = MappingProxyType(
    {
        "wrong_type": "write it with that type, or leave it out",
        "out_of_range": "correct it at its source, or leave it out",
        "bad_time": "write it like 2026-01-31T23:59:59.000Z",
        "missing_field": "give every record one",
    }
)
_NEEDED: Final = frozenset({"event_id", "account_id"})
"""Fields of ours that cannot be left out."""


def field_error(reason: str, field: str, complaint: str) -> RecordError:
    """An error about one field, with the remedy that its reason has."""
    return RecordError(reason, f"{field}: {complaint}; {_REMEDIES[reason]}")


def missing(field: str) -> RecordError:
    """A required field is absent, null or empty."""
    return field_error("missing_field", field, "required, and absent, null or empty")


def from_future() -> RecordError:
    """The event starts well after the present."""
    return RecordError(
        "from_future", "time: well after the present; check the clock and the unit at its source"
    )


def too_large(size: int, limit: int) -> RecordError:
    """The record is longer than the limit; a source may have cut it, so its true size is not known."""
    return RecordError(
        "too_large", f"record: at least {size} bytes, limit {limit}; shorten its messages, or raise the limit"
    )


def not_a_request(field: str, complaint: str) -> RecordError:
    """The record is sound, and about something else: another step of a trace, another route of a gateway."""
    return RecordError("not_a_request", f"{field}: {complaint}; leave such records out of what is read here")


def explain(error: Exception) -> RecordError:
    """Say what one of `UNREADABLE` means for the record that raised it."""
    if isinstance(error, RecursionError):
        return RecordError("too_deep", "record: nested too deeply; log plain messages and parameters")
    if isinstance(error, UnicodeDecodeError):
        return RecordError("not_utf8", "record: text is not valid UTF-8; write the log as UTF-8")
    if isinstance(error, msgspec.ValidationError):
        return _explain_field(str(error))
    return RecordError("not_json", f"record: {error}; write one JSON object a line")


def _explain_field(message: str) -> RecordError:
    found = _PATH.search(message)
    if found is None or not found[1]:
        return field_error("wrong_type", "record", message)
    complaint = message[: found.start()]
    if complaint.endswith("length >= 1"):
        return missing(found[1])
    reason = _field_reason(complaint)
    if reason != "bad_time" and found[1] in _NEEDED:
        return RecordError(
            reason, f"{found[1]}: {complaint}; correct it at its source: every record needs one"
        )
    return field_error(reason, found[1], complaint)


def _field_reason(complaint: str) -> str:
    if "datetime" in complaint:
        return "bad_time"
    return "out_of_range" if any(limit in complaint for limit in _LIMITS) else "wrong_type"
