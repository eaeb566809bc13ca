"""What else is known of an account, and of a request, in words without a word of any text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.alert import timestamp
from features.account.fold import DAY, HOUR
from features.rows import MISSING
from features.scored import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from features.contract import UsageEvent

_COUNTED: Final[Mapping[str, int]] = MappingProxyType(
    {
        "models": NAMES.index("models"),
        "networks": NAMES.index("networks"),
        "autonomous systems": NAMES.index("asns"),
        "clients": NAMES.index("agents"),
        "devices": NAMES.index("devices"),
        "end users": NAMES.index("end_users"),
    }
)

_SENT: Final = ("model", "provider", "operation", "finish_reason", "plan", "reasoning_effort")
"""Fields of an event whose values are no content and no identifier."""
_LONGEST: Final = 100
_NUMBERS: Final = (
    "status",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "max_tokens",
    "latency_ms",
    "n",
)


def facts(row: np.void, vector: NDArray[np.float64], banned: int) -> dict[str, str]:
    """Of a row of ACCOUNT_ROW and its features; `banned` is when it was banned, ms, or 0."""
    out = {name: f"about {vector[at]:,.0f}" for name, at in _COUNTED.items() if vector[at] > 0}
    if row["created"] > 0:
        out["sign-up"] = f"{duration(int(row['first']) - int(row['created']))} before the first request"
    if row["day_peak"] > 0:
        out["busiest day"] = f"{int(max(row['day_peak'], row['day_events'])):,} requests"
    if row["denied"] > 0:
        out["refused access"] = f"{int(row['denied']):,} requests; they count as nobody's evidence"
    if banned:
        out["banned"] = f"since {timestamp(banned)}"
    return out


def request_facts(row: np.void, event: UsageEvent | None, length: int) -> dict[str, str]:
    """Of a row of EVENT_ROW with `length` bytes of text, and of the event as sent, if that is at hand."""
    sent = {} if event is None else {name: getattr(event, name) for name in _SENT}
    out = {name: said[:_LONGEST] for name, said in sent.items() if said}
    out |= {name: f"{int(row[name]):,}" for name in _NUMBERS if row[name] != MISSING}
    if row["temperature"] != MISSING:
        out["temperature"] = f"{int(row['temperature']) / 1000:g}"
    return out | {"text": f"{length:,} bytes"}


def duration(ms: int) -> str:
    """A length of time in words, to the unit that matters."""
    if ms < 0:
        return "no time"
    if ms >= 2 * DAY:
        return f"{ms // DAY:,} days"
    hours = ms // HOUR
    return f"{hours} hour{'' if hours == 1 else 's'}" if hours else "less than an hour"
