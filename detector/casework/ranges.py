"""Numbers of audit entries as people's browsers hand them back: `7-9,12`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from detector.casework.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 100_000
"""numbers at once: what one bulk change makes"""
_PART: Final = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?")


def write_ranges(numbers: Iterable[int]) -> str:
    """Numbers in ascending order, runs of them as their first and last."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def extended(text: str, first: int, last: int) -> str:
    """Numbers as `write_ranges` puts them, and a run of later ones."""
    *before, end = text.split(",") if text else [""]
    low, _, high = end.partition("-")
    if end and int(high or low) + 1 == first:
        return ",".join([*before, f"{low}-{last}"])
    return ",".join([*before, *([end] if end else []), write_ranges(range(first, last + 1))])


def read_ranges(text: str) -> list[int]:
    """The numbers. Raises `Refused` for what is none, or for more than `MOST`."""
    found: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not 0 <= high - low < MOST - len(found):
            raise Refused(f"entries are no numbers of changes, or more than {MOST:,}; give such as 7-9,12")
        found += range(low, high + 1)
    return found
