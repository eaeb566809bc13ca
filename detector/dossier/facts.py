"""What else is known of an account, in words: counts of what is kept as keyed hashes only."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.alert import timestamp
from features.account.fold import DAY, HOUR
from features.scored import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

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


def duration(ms: int) -> str:
    """A length of time in words, to the unit that matters."""
    if ms < 0:
        return "no time"
    if ms >= 2 * DAY:
        return f"{ms // DAY:,} days"
    hours = ms // HOUR
    return f"{hours} hour{'' if hours == 1 else 's'}" if hours else "less than an hour"
