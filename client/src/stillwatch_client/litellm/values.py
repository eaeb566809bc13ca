"""Values that a client may have filled with anything, as the event contract wants them, or None.

One strange parameter must not be a way to have one's own requests refused as malformed events.
"""

from __future__ import annotations

import math
from typing import Any, Final

MOST: Final = 2**31 - 1
LONGEST_ID: Final = 512


def text(value: Any) -> str | None:
    """A text that is not empty."""
    return value if isinstance(value, str) and value else None


def identifier(value: Any) -> str | None:
    """A text that is an id."""
    found = text(value)
    return found if found is not None and len(found) <= LONGEST_ID else None


def count(value: Any, most: int = MOST) -> int | None:
    """A whole number from 0."""
    return value if type(value) is int and 0 <= value <= most else None


def number(value: Any, most: float) -> float | None:
    """A finite number from 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= most and math.isfinite(value) else None


def flag(value: Any) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def mapping(value: Any) -> dict[str, Any]:
    """An object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """A list; empty where it is none."""
    return value if isinstance(value, list) else []


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """Without those that are None."""
    return {name: value for name, value in fields.items() if value is not None}
