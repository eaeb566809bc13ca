"""Characters for tokenising: strict UTF-8 decoding, case folding, and the kind of each code point.

A deliberately small fold (ASCII, Latin-1, Greek, Cyrillic, full-width forms, common quotation marks) so that
the same text typed differently gives the same tokens. Bytes that are not UTF-8 become U+FFFD, one each.
"""

# ruff: noqa: PLR2004 - the numbers are code points and the bits of UTF-8
from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import int64, njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACE: Final = 0
LETTER: Final = 1
DIGIT: Final = 2
IDEOGRAPH: Final = 3
"""A character that is a token of its own: Han, kana, Thai and their like are written without spaces."""
MARK: Final = 4
"""Punctuation, symbols, emoji."""
SKIP: Final = 5
"""Zero-width characters: they may not split a word."""

REPLACEMENT: Final = 0xFFFD


def _ascii_kinds() -> NDArray[np.uint8]:
    kinds = np.full(128, MARK, dtype=np.uint8)
    kinds[:33] = SPACE
    kinds[127] = SPACE
    for low, high, kind in ((48, 58, DIGIT), (65, 91, LETTER), (97, 123, LETTER)):
        kinds[low:high] = kind
    kinds.flags.writeable = False
    return kinds


ASCII_KINDS: Final = _ascii_kinds()

_RANGES: Final = np.array(
    [
        (0x0080, SPACE),
        (0x00A1, MARK),
        (0x00AD, SKIP),
        (0x00AE, MARK),
        (0x00C0, LETTER),
        (0x00D7, MARK),
        (0x00D8, LETTER),
        (0x00F7, MARK),
        (0x00F8, LETTER),
        (0x0E00, IDEOGRAPH),  # Thai, Lao
        (0x0F00, LETTER),
        (0x2000, SPACE),
        (0x200B, SKIP),
        (0x2010, MARK),
        (0x2028, SPACE),
        (0x202A, SKIP),
        (0x202F, SPACE),
        (0x2030, MARK),
        (0x205F, SPACE),
        (0x2060, SKIP),
        (0x2070, MARK),
        (0x2C00, LETTER),
        (0x2E00, MARK),
        (0x2E80, IDEOGRAPH),
        (0x3000, SPACE),
        (0x3001, MARK),
        (0x3005, IDEOGRAPH),
        (0x3008, MARK),
        (0x3021, IDEOGRAPH),
        (0x3030, MARK),
        (0x3031, IDEOGRAPH),
        (0x3200, MARK),
        (0x3400, IDEOGRAPH),
        (0xA000, LETTER),
        (0xD800, MARK),
        (0xF900, IDEOGRAPH),
        (0xFB00, LETTER),
        (0xFE00, SKIP),  # variation selectors
        (0xFE10, MARK),
        (0xFE70, LETTER),
        (0xFEFF, SKIP),
        (0xFF00, MARK),
        (0xFF66, IDEOGRAPH),
        (0xFFA0, LETTER),
        (0xFFE0, MARK),
        (0x10000, LETTER),
        (0x1F000, MARK),
        (0x20000, IDEOGRAPH),
        (0x40000, MARK),
    ],
    dtype=np.int64,
)
_STARTS: Final = np.ascontiguousarray(_RANGES[:, 0])
_KINDS: Final = np.ascontiguousarray(_RANGES[:, 1]).astype(np.uint8)


@njit(cache=True, nogil=True)
def decode(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """The code point at `data[at]` and its length in bytes; (U+FFFD, 1) where `data[at:end]` is not UTF-8."""
    lead = int64(data[at])
    if lead < 0x80:
        return lead, 1
    length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if lead < 0xC2 or lead > 0xF4 or at + length > end:
        return REPLACEMENT, 1
    point = lead & (0x7F >> length)
    for i in range(1, length):
        byte = int64(data[at + i])
        if byte & 0xC0 != 0x80:
            return REPLACEMENT, 1
        point = (point << 6) | (byte & 0x3F)
    overlong = (length == 3 and point < 0x800) or (length == 4 and point < 0x10000)
    if overlong or 0xD800 <= point < 0xE000 or point > 0x10FFFF:
        return REPLACEMENT, 1
    return point, length


@njit(cache=True, nogil=True)
def fold(point: int) -> int:
    """The code point that stands for `point` and its case and width variants."""
    if 0xFF01 <= point <= 0xFF5E:
        point -= 0xFEE0
    if 0x41 <= point <= 0x5A or 0xC0 <= point <= 0xDE or 0x391 <= point <= 0x3A9 or 0x410 <= point <= 0x42F:
        return point if point == 0xD7 else point + 0x20
    if 0x400 <= point <= 0x40F:
        return point + 0x50
    if point < 0x2018:
        return point
    if 0x2018 <= point <= 0x201B:
        return 0x27
    if 0x201C <= point <= 0x201F or 0x300C <= point <= 0x300F:
        return 0x22
    return 0x2E if point == 0x3002 else point


@njit(cache=True, nogil=True)
def kind_of(point: int) -> int:
    """SPACE, LETTER, DIGIT, IDEOGRAPH, MARK or SKIP of a folded code point."""
    if point < 0x80:
        return int64(ASCII_KINDS[point])
    low, high = 0, len(_STARTS)
    while high - low > 1:
        middle = (low + high) // 2
        if _STARTS[middle] <= point:
            low = middle
        else:
            high = middle
    return int64(_KINDS[low])
