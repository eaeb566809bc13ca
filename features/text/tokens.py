"""One pass over bytes to tokens: words, numbers, ideographs and marks, with what stood around them."""

# ruff: noqa: PLR2004, PLR1714 - bytes and code points; one comparison each compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import int64, njit, uint64

from features.hashing import mix64
from features.text.chars import ASCII_KINDS, DIGIT, IDEOGRAPH, LETTER, SKIP, SPACE, decode, fold, kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEAD_BYTES: Final = 2048
TAIL_BYTES: Final = 1024
"""Of a longer text only the first `HEAD_BYTES` and the last `TAIL_BYTES` are tokenised: instructions stand
at the ends, and a long document must not cost in proportion to its length."""

WORD: Final = 1
NUMBER: Final = 2
GLYPH: Final = 3
"""A character written without spaces."""
SIGN: Final = 4
"""A run of one punctuation mark or symbol."""

CAPITAL: Final = 1
"""The word's first letter was upper case."""
LINE: Final = 2
"""First token of a line."""
GAP: Final = 4
"""Space (or a line end, or the skipped middle) stood before it."""
CODE: Final = 8
"""A word with digits or underscores in it: an identifier rather than language."""

LINE_FEED: Final = 0x0A
APOSTROPHE: Final = 0x27
LETTER_A: Final = 0x41
LETTER_Z: Final = 0x5A
LOWER_A: Final = 0x61


def _word_bytes() -> NDArray[np.uint8]:
    """What each byte adds to a word that has begun: folded letter, digit or underscore; else 0."""
    folded = np.zeros(256, dtype=np.uint8)
    for byte in b"0123456789_abcdefghijklmnopqrstuvwxyz":
        folded[byte] = byte
    folded[LETTER_A : LETTER_Z + 1] = folded[LOWER_A : LOWER_A + 26]
    folded.flags.writeable = False
    return folded


WORD_BYTES: Final = _word_bytes()

_SEED: Final = uint64(0xCBF29CE484222325)
_PRIME: Final = uint64(0x100000001B3)


class Tokens(NamedTuple):
    """Scratch columns for the tokens of one text; only the first `n` entries of each mean anything."""

    value: NDArray[np.uint64]
    """hash of the folded characters; a SIGN's is its folded code point"""
    kind: NDArray[np.uint8]
    flags: NDArray[np.uint8]


def make_tokens() -> Tokens:
    """Room for the tokens of any one text."""
    room = HEAD_BYTES + TAIL_BYTES
    return Tokens(np.zeros(room, np.uint64), np.zeros(room, np.uint8), np.zeros(room, np.uint8))


@njit(cache=True, nogil=True)
def holds(values: NDArray[np.uint64], count: int, wanted: int) -> bool:
    """Whether `wanted` is among the first `count` values; without the array that a comparison would make."""
    for i in range(count):  # noqa: SIM110 - Numba compiles no generator here
        if values[i] == wanted:
            return True
    return False


@njit(cache=True, nogil=True)
def tokenize(data: NDArray[np.uint8], start: int, end: int, tokens: Tokens) -> int:
    """Fill `tokens` from `data[start:end]` (its head and tail, when long); the number of tokens."""
    room = tokens.flags.shape[0]
    if end - start <= HEAD_BYTES + TAIL_BYTES:
        return _scan(data, start, end, tokens, 0, room)
    count = _scan(data, start, _break_before(data, start, start + HEAD_BYTES), tokens, 0, room)
    last = _break_before(data, end - 2 * TAIL_BYTES, end - TAIL_BYTES + 64)
    return _scan(data, last, end, tokens, count, room)


@njit(cache=True, nogil=True)
def first_tokens(data: NDArray[np.uint8], start: int, end: int, tokens: Tokens, most: int) -> int:
    """As `tokenize`, of a text that is not long, and no more than `most` tokens."""
    return _scan(data, start, end, tokens, 0, most)


@njit(cache=True, nogil=True)
def _break_before(data: NDArray[np.uint8], start: int, at: int) -> int:
    """The nearest space before `at`, so that no word is cut; else a character's first byte."""
    for i in range(at, max(at - 64, start), -1):
        if data[i] <= 0x20:
            return i
    while at > start and data[at] & 0xC0 == 0x80:
        at -= 1
    return at


@njit(cache=True, nogil=True)
def _scan(data: NDArray[np.uint8], start: int, end: int, tokens: Tokens, count: int, room: int) -> int:
    value, kinds, flags = tokens.value, tokens.kind, tokens.flags
    around = LINE | GAP
    at = start
    while at < end and count < room:
        byte = data[at]
        kind, length, point, upper = ASCII_KINDS[byte & 0x7F], 1, int64(byte), False
        if byte >= 0x80:
            point, length, kind, upper = _read(data, at, end)
        if kind == SPACE:
            around |= LINE | GAP if point == LINE_FEED else GAP
            at += length
            continue
        if kind == SKIP:
            at += length
            continue
        flags[count] = around
        if kind == LETTER:
            if upper or LETTER_A <= point <= LETTER_Z:
                flags[count] |= CAPITAL
            at, value[count], lowest = _word(data, at, end)
            kinds[count] = WORD
            if lowest < LOWER_A:
                flags[count] |= CODE
        elif kind == DIGIT:
            at, value[count] = _number(data, at, end)
            kinds[count] = NUMBER
        elif kind == IDEOGRAPH:
            value[count], kinds[count] = mix64(_SEED ^ uint64(point)), GLYPH
            at += length
        else:
            value[count], kinds[count] = uint64(point), SIGN
            at = _past_run(data, at + length, end, point)
        around = 0
        count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _han(data: NDArray[np.uint8], at: int, end: int) -> int:
    """The code point at `at` when it lies in U+4000 to U+9FFF, by far the most common Han; else 0."""
    if not 0xE4 <= data[at] <= 0xE9 or at + 2 >= end:
        return 0
    second, third = int64(data[at + 1]), int64(data[at + 2])
    if second & 0xC0 != 0x80 or third & 0xC0 != 0x80:
        return 0
    return (int64(data[at]) & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F)


@njit(cache=True, nogil=True)
def _read(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int, bool]:
    """The folded character at `at`, its length in bytes, its kind, and whether folding changed it."""
    point = _han(data, at, end)
    if point != 0:
        return point, 3, IDEOGRAPH, False
    point, length = decode(data, at, end)
    folded = fold(point)
    return folded, length, kind_of(folded), folded != point


@njit(cache=True, nogil=True)
def _word(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Letters, and digits, underscores or an inner apostrophe after them: end, hash, lowest ASCII byte."""
    hashed = _SEED
    lowest = np.uint8(255)
    while at < end:
        folded = WORD_BYTES[data[at]]
        if folded != 0:
            hashed = (hashed ^ uint64(folded)) * _PRIME
            lowest = min(lowest, folded)
            at += 1
            continue
        if data[at] < 0x80 and data[at] != APOSTROPHE:
            break
        point, length, kind, _ = _read(data, at, end)
        if kind == SKIP:
            at += length
            continue
        inner = point == APOSTROPHE and at + length < end and _read(data, at + length, end)[2] == LETTER
        if kind != LETTER and kind != DIGIT and not inner:
            break
        hashed = (hashed ^ uint64(point)) * _PRIME
        at += length
    return at, mix64(hashed), int64(lowest)


@njit(cache=True, nogil=True)
def _number(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Digits, with single points, commas or colons between them: end and hash."""
    hashed = ~_SEED
    while at < end:
        byte = int64(data[at])
        if byte >= 0x80:
            point, length, kind, _ = _read(data, at, end)
        else:
            point, length, kind = byte, 1, int64(ASCII_KINDS[byte])
        if kind != DIGIT:
            inner = point == 0x2E or point == 0x2C or point == 0x3A
            if not inner or at + length >= end or _read(data, at + length, end)[2] != DIGIT:
                break
        hashed = (hashed ^ uint64(point)) * _PRIME
        at += length
    return at, mix64(hashed)


@njit(cache=True, nogil=True)
def _past_run(data: NDArray[np.uint8], at: int, end: int, mark: int) -> int:
    """Where the run of `mark` ends."""
    while at < end:
        point, length = int64(data[at]), 1
        if point >= 0x80:
            point, length, _, _ = _read(data, at, end)
        if point != mark:
            break
        at += length
    return at
