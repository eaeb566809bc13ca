"""Times as logs mostly write them (RFC 3339, in UTC): microseconds since the epoch."""

# ruff: noqa: PLR2004, PLR1714 - bytes, and the calendar; one comparison each compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from numba import int64, njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER: Final = -(1 << 62)
"""Not such a time; a complete decoder may read it."""

_SECONDS: Final = 19
"""Length up to the seconds."""


@njit(cache=True, nogil=True)
def read_time(data: NDArray[np.uint8], at: int, end: int) -> int:
    """The time `YYYY-MM-DDTHH:MM:SS[.f]Z` (or `+00:00`) with up to six places in `data[at:end]`, or NEVER."""
    if end - at <= _SECONDS or not _is_marked(data, at):
        return NEVER
    year, month, day = _number(data, at, 4), _number(data, at + 5, 2), _number(data, at + 8, 2)
    hour, minute, second = _number(data, at + 11, 2), _number(data, at + 14, 2), _number(data, at + 17, 2)
    wrong = year < 1 or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month)
    if wrong or not 0 <= hour < 24 or not 0 <= minute < 60 or not 0 <= second < 60:
        return NEVER
    micros = _micros(data, at + _SECONDS, end)
    seconds = ((_days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return NEVER if micros < 0 else seconds * 1_000_000 + micros


@njit(cache=True, nogil=True)
def _is_marked(data: NDArray[np.uint8], at: int) -> bool:
    dashed = data[at + 4] == 0x2D and data[at + 7] == 0x2D and data[at + 10] == 0x54
    return dashed and data[at + 13] == 0x3A and data[at + 16] == 0x3A


@njit(cache=True, nogil=True)
def _number(data: NDArray[np.uint8], at: int, digits: int) -> int:
    """A number of so many digits; negative where there are others."""
    number = int64(0)
    for i in range(at, at + digits):
        if not 0x30 <= data[i] <= 0x39:
            return -1
        number = number * 10 + data[i] - 0x30
    return number


@njit(cache=True, nogil=True)
def _micros(data: NDArray[np.uint8], at: int, end: int) -> int:
    """The fraction at `at`, if any, where nothing but UTC follows; else negative."""
    micros = int64(0)
    if data[at] == 0x2E:
        places = 0
        while places < 6 and 0x30 <= data[at + 1 + places] <= 0x39:
            micros = micros * 10 + data[at + 1 + places] - 0x30
            places += 1
        if places == 0:
            return -1
        at += 1 + places
        micros *= 10 ** (6 - places)
    utc = end == at + 1 and data[at] == 0x5A
    return micros if utc or _is_no_offset(data, at, end) else -1


@njit(cache=True, nogil=True)
def _is_no_offset(data: NDArray[np.uint8], at: int, end: int) -> bool:
    if end != at + 6 or data[at] != 0x2B or data[at + 3] != 0x3A:
        return False
    return _number(data, at + 1, 2) == 0 and _number(data, at + 4, 2) == 0


@njit(cache=True, nogil=True)
def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@njit(cache=True, nogil=True)
def _days_before(year: int, month: int, day: int) -> int:
    """Days since the epoch in the Gregorian calendar, counted in years that begin in March."""
    shifted = year - (month <= 2)
    era_day = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + era_day - 719_468
