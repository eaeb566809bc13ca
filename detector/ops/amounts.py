"""Amounts as people read them."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))


def duration(ms: float, units: int = 2) -> str:
    """A length of time in its largest one or two units; what is under a second is `0 s`."""
    left, words = abs(int(ms)), list[str]()
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
        elif words:
            break
    return " ".join(words[:units]) or "0 s"


def share(part: int, whole: int) -> str:
    """A part of a whole, in per cent."""
    return f"{100 * part / whole if whole else 0:.4g} %"
