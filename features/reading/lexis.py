"""JSON (RFC 8259) in bytes: where values end. Functions return a position, or `NO` where they will not say.

What is refused here may still be good JSON: whoever refuses leaves the record to a complete decoder, so a
doubt costs time and never a wrong value.
"""

# ruff: noqa: PLR2004, PLR1714 - bytes; one comparison each compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from numba import int64, njit, uint64

from features.reading.strings import HIGH_BITS, NO, QUOTE, WORD, is_utf8, plain_bytes, unescaped
from features.unaligned import load64

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLAIN: Final = 0
HIGH: Final = 1
"""Bytes beyond ASCII."""
ESCAPED: Final = 2

WHOLE: Final = 0
FRACTION: Final = 1
ODD: Final = 2
"""Negative, with an exponent, or with more digits than a double holds for certain."""

DEEPEST: Final = 60
_MOST_DIGITS: Final = 15
_OPEN: Final = 0x7B
_CLOSE: Final = 0x7D


@njit(cache=True, nogil=True, inline="always")
def past_blank(data: NDArray[np.uint8], at: int) -> int:
    """The first byte from `at` on that is no white space; `data` must end with one that is none."""
    while data[at] == 0x20 or data[at] == 0x0A or data[at] == 0x0D or data[at] == 0x09:
        at += 1
    return at


@njit(cache=True, nogil=True)
def past_string(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Past the string whose first byte is `at`, and whether it is PLAIN, HIGH or ESCAPED, or both."""
    seen = PLAIN
    while at < end:
        word = load64(data, at)
        plain = plain_bytes(word)
        at += plain
        if (word & HIGH_BITS) << uint64(8 * (WORD - plain) & 63) and plain > 0:
            seen |= HIGH
        if plain == WORD:
            continue
        if data[at] == QUOTE:
            return at + 1, seen
        if data[at] != 0x5C:
            break
        seen |= ESCAPED
        at += 2
    return NO, seen


@njit(cache=True, nogil=True)
def past_name(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Past the string that begins at the quotation mark `at`, and its end; without escapes, valid UTF-8."""
    if data[at] != QUOTE:
        return NO, NO
    past, seen = past_string(data, at + 1, end)
    if past == NO or seen & ESCAPED or (seen & HIGH and not is_utf8(data, at + 1, past - 1)):
        return NO, NO
    return past, past - 1


@njit(cache=True, nogil=True)
def past_any_string(data: NDArray[np.uint8], at: int, end: int, room: NDArray[np.uint8], size: int) -> int:
    """Past any string that begins at the quotation mark `at`; `room` from `size` on is overwritten."""
    past, seen = past_string(data, at + 1, end)
    return past if past == NO or seen == PLAIN else unescaped(data, at + 1, end, room, size)[0]


@njit(cache=True, nogil=True)
def past_word(data: NDArray[np.uint8], at: int, end: int) -> int:
    """Past `null`, `true` or `false`."""
    if at + 4 <= end and data[at] == 0x6E:
        good = data[at + 1] == 0x75 and data[at + 2] == 0x6C and data[at + 3] == 0x6C
        return at + 4 if good else NO
    if at + 4 <= end and data[at] == 0x74:
        good = data[at + 1] == 0x72 and data[at + 2] == 0x75 and data[at + 3] == 0x65
        return at + 4 if good else NO
    if at + 5 <= end and data[at] == 0x66:
        good = data[at + 1] == 0x61 and data[at + 2] == 0x6C and data[at + 3] == 0x73 and data[at + 4] == 0x65
        return at + 5 if good else NO
    return NO


@njit(cache=True, nogil=True, inline="always")
def _is_digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


@njit(cache=True, nogil=True)
def past_number(data: NDArray[np.uint8], at: int) -> tuple[int, int, int, int]:
    """Past a number; its digits as one integer, how many stand after the point, and of which sort it is.

    `data` must end with a byte that is part of none.
    """
    sort, start = WHOLE, at
    if data[at] == 0x2D:
        sort, start, at = ODD, at + 1, at + 1
    if not _is_digit(data[at]) or (data[at] == 0x30 and _is_digit(data[at + 1])):
        return NO, 0, 0, sort
    at, digits = _past_digits(data, at, int64(0))
    places = 0
    if data[at] == 0x2E:
        point, sort = at, max(sort, FRACTION)
        at, digits = _past_digits(data, at + 1, digits)
        places = at - point - 1
        if places == 0:
            return NO, 0, 0, sort
    if at - start > _MOST_DIGITS:
        sort = ODD
    if data[at] == 0x65 or data[at] == 0x45:
        sort = ODD
        at += 2 if data[at + 1] == 0x2B or data[at + 1] == 0x2D else 1
        if not _is_digit(data[at]):
            return NO, 0, 0, sort
        at, _ = _past_digits(data, at, int64(0))
    return at, digits, places, sort


@njit(cache=True, nogil=True, inline="always")
def _past_digits(data: NDArray[np.uint8], at: int, digits: int) -> tuple[int, int]:
    while _is_digit(data[at]):
        digits = digits * 10 + int64(data[at] - 0x30)
        at += 1
    return at, digits


@njit(cache=True, nogil=True)
def past_key(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Past the colon of a key that may have blanks around it; where the key itself begins and ends."""
    at = past_blank(data, at)
    past, key_end = past_name(data, at, end)
    if past == NO:
        return NO, 0, 0
    colon = past_blank(data, past)
    return (past_blank(data, colon + 1), at + 1, key_end) if data[colon] == 0x3A else (NO, 0, 0)


@njit(cache=True, nogil=True)
def past_scalar(data: NDArray[np.uint8], at: int, end: int, room: NDArray[np.uint8], size: int) -> int:
    """Past a string, a number or a word."""
    if data[at] == QUOTE:
        return past_any_string(data, at, end, room, size)
    if data[at] == 0x2D or _is_digit(data[at]):
        return past_number(data, at)[0]
    return past_word(data, at, end)


@njit(cache=True, nogil=True)
def past_value(  # noqa: C901 - the loop of a parser
    data: NDArray[np.uint8], at: int, end: int, room: NDArray[np.uint8], size: int
) -> int:
    """Past any value, not nested deeper than `DEEPEST`; `room` from `size` on is overwritten."""
    objects, depth = uint64(0), 0
    while True:
        opening = data[at]
        if opening == _OPEN or opening == 0x5B:
            at = past_blank(data, at + 1)
            objects = (objects << uint64(1)) | uint64(opening == _OPEN)
            depth += 1
            if depth > DEEPEST:
                return NO
            if data[at] != opening + 2:
                at = _past_next(data, at, end, objects)
                if at == NO:
                    return NO
                continue
        else:
            at = past_scalar(data, at, end, room, size)
        while depth > 0 and at != NO:
            at = past_blank(data, at)
            if data[at] == 0x2C:
                break
            if data[at] != (_CLOSE if objects & uint64(1) else 0x5D):
                return NO
            objects >>= uint64(1)
            depth -= 1
            at += 1
        if depth == 0 or at == NO:
            return at
        at = _past_next(data, past_blank(data, at + 1), end, objects)
        if at == NO:
            return NO


@njit(cache=True, nogil=True)
def _past_next(data: NDArray[np.uint8], at: int, end: int, objects: int) -> int:
    """To the next value of the innermost container: past its key in an object."""
    return past_key(data, at, end)[0] if objects & uint64(1) else at
