"""JSON strings: escapes resolved, and UTF-8 checked."""

# ruff: noqa: PLR2004 - bytes and code points; a comparison with a number compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import int64, njit, uint64

from features.text.chars import decode
from features.unaligned import load64, lowest_bit, store64

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO: Final = -1
QUOTE: Final = 0x22
_BACKSLASH: Final = 0x5C
WORD: Final = 8
"""Bytes looked at together."""
HIGH_BITS: Final = uint64(0x8080808080808080)
_ONES: Final = uint64(0x0101010101010101)
_BLANKS: Final = _ONES * uint64(0x20)
_QUOTES: Final = _ONES * uint64(QUOTE)
_BACKSLASHES: Final = _ONES * uint64(_BACKSLASH)


def _escapes() -> NDArray[np.uint8]:
    """What stands for which byte after a backslash; 0: none."""
    escapes = np.zeros(256, dtype=np.uint8)
    for name, byte in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
        escapes[name] = byte
    escapes.flags.writeable = False
    return escapes


_ESCAPES: Final = _escapes()


@njit(cache=True, nogil=True, inline="always")
def plain_bytes(word: int) -> int:
    """How many bytes from the lowest on are no quotation mark, no backslash and no control character.

    Of eight bytes at once: a byte below n borrows into its highest bit when n is taken off, and what the
    borrow spoils stands behind it (Mycroft 1987).
    """
    quotes, slashes = word ^ _QUOTES, word ^ _BACKSLASHES
    found = ((quotes - _ONES) & ~quotes) | ((slashes - _ONES) & ~slashes) | ((word - _BLANKS) & ~word)
    return int64(lowest_bit(found & HIGH_BITS) >> uint64(3))


@njit(cache=True, nogil=True)
def is_utf8(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether `data[start:end]` is UTF-8 (RFC 3629)."""
    at = start
    while at < end:
        if data[at] < 0x80:
            at += 1
            continue
        _, length = decode(data, at, end)
        if length == 1:
            return False
        at += length
    return True


@njit(cache=True, nogil=True)
def unescaped(
    data: NDArray[np.uint8], at: int, end: int, out: NDArray[np.uint8], size: int
) -> tuple[int, int]:
    """Past the string whose first byte is `at`, its text to `out` from `size` on: both ends; NO if it is bad.

    The text is never longer than the string. Eight bytes beyond either end are read, or overwritten.
    """
    start, seen = size, uint64(0)
    while at < end:
        word = load64(data, at)
        plain = plain_bytes(word)
        store64(out, size, word)
        at, size = at + plain, size + plain
        if plain == WORD:
            seen |= word
            continue
        seen |= word & ((uint64(1) << uint64(8 * plain)) - uint64(1))
        byte = data[at]
        if byte == QUOTE:
            # Escapes stand for whole characters, so the text is UTF-8 where the string is.
            good = seen & HIGH_BITS == 0 or is_utf8(out, start, size)
            return at + 1 if good else NO, size
        if byte != _BACKSLASH:
            break
        if at + 1 < end and _ESCAPES[data[at + 1]] != 0:
            out[size] = _ESCAPES[data[at + 1]]
            at, size = at + 2, size + 1
            continue
        at, point = _point(data, at, end)
        if at == NO:
            break
        size = _encode(point, out, size)
    return NO, size


@njit(cache=True, nogil=True)
def _point(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Past the escape at `at`, one or two of 16 bits, and its code point."""
    high = _unit(data, at, end)
    if high < 0 or 0xDC00 <= high < 0xE000:
        return NO, 0
    if high < 0xD800 or high >= 0xE000:
        return at + 6, high
    low = _unit(data, at + 6, end)
    if low < 0xDC00 or low >= 0xE000:
        return NO, 0
    return at + 12, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)


@njit(cache=True, nogil=True)
def _unit(data: NDArray[np.uint8], at: int, end: int) -> int:
    """The 16 bits of an escape of four hexadecimal digits; NO where there is none."""
    if at + 6 > end or data[at] != _BACKSLASH or data[at + 1] != 0x75:
        return NO
    unit = int64(0)
    for i in range(at + 2, at + 6):
        byte = int64(data[i])
        if 0x30 <= byte <= 0x39:
            unit = unit * 16 + byte - 0x30
        elif 0x61 <= byte | 0x20 <= 0x66:
            unit = unit * 16 + (byte | 0x20) - 0x57
        else:
            return NO
    return unit


@njit(cache=True, nogil=True)
def _encode(point: int, out: NDArray[np.uint8], size: int) -> int:
    """Write a code point as UTF-8; past it."""
    if point < 0x80:
        out[size] = point
        return size + 1
    length = 2 if point < 0x800 else 3 if point < 0x10000 else 4
    for i in range(length - 1, 0, -1):
        out[size + i] = 0x80 | (point & 0x3F)
        point >>= 6
    out[size] = (0xF00 >> length & 0xFF) | point
    return size + length
