"""When to try again, and when no more."""

from __future__ import annotations

from typing import Final

FIRST: Final = 5_000
MOST: Final = 6 * 3_600_000
GIVE_UP: Final = 3 * 24 * 3_600_000
"""All in ms."""
_TRIPLINGS: Final = 16
"""Any more only make large numbers."""


def delay(attempts: int, draw: float, asked: int | None = None) -> int:
    """How many ms until the next try, after `attempts` that failed.

    Threefold each time, from 5 s to 6 h, of which half is left to chance (`draw` in [0, 1)), so that who
    comes back does not get everything at once. What it `asked` for counts, up to 6 h.
    """
    tripled: int = 3 ** min(max(attempts - 1, 0), _TRIPLINGS)
    whole = min(FIRST * tripled, MOST)
    drawn = round(whole * (0.5 + 0.5 * draw))
    return max(FIRST // 2, drawn, min(asked or 0, MOST))
