"""Provenance: a keyed hash of a turn's beginning, so that a served answer is known when it comes back.

Only the first characters count, whitespace normalised: logs cut answers and messages at different lengths,
and a copied answer must still match. Short or monotonous beginnings (greetings, rulers, boilerplate code)
have no hash, because strangers write the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import int64, njit, uint64

from features.hashing import sip64
from features.text.tokens import SIGN, Tokens, first_tokens, holds, tokenize
from features.unaligned import load64, store64

if TYPE_CHECKING:
    from numpy.typing import NDArray

PREFIX_CHARS: Final = 150
MIN_CHARS: Final = 40
"""Of normalised text, or twice as many bytes: 27 ideographs say as much as 40 letters."""
MIN_DISTINCT: Final = 8
"""Distinct words, numbers or ideographs in the prefix."""

BLANK: Final = 0x20
CONTINUATION: Final = 0x80
PREFIX_BYTES: Final = 4 * PREFIX_CHARS
_FIRST: Final = 12
"""Tokens that are looked at before all others."""

_WORD: Final = 8
_HIGH: Final = uint64(0x8080808080808080)
_LOW: Final = uint64(0x7F7F7F7F7F7F7F7F)
_BLANKS: Final = uint64(0x2020202020202020)


@njit(cache=True, nogil=True)
def normalize(data: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8]) -> tuple[int, int]:
    """Copy the first PREFIX_CHARS characters, each whitespace run as one space: bytes, characters written."""
    begun, size = _past_even(data, start, end, out)
    chars, space = size, False
    for at in range(begun, end):
        byte = data[at]
        if byte <= BLANK:
            space = size > 0
            continue
        first = byte & 0xC0 != CONTINUATION
        if ((first or space) and chars + 1 + space > PREFIX_CHARS) or size + 1 + space > PREFIX_BYTES:
            break
        if space:
            out[size] = 0x20
            size, chars, space = size + 1, chars + 1, False
        out[size] = byte
        size, chars = size + 1, chars + first
    return size, chars


@njit(cache=True, nogil=True)
def _past_even(data: NDArray[np.uint8], at: int, end: int, out: NDArray[np.uint8]) -> tuple[int, int]:
    """Copy what `normalize` leaves as it is, eight bytes at once: ASCII with single spaces between words."""
    size = 0
    while at + _WORD <= end and size + _WORD <= PREFIX_CHARS:
        word = load64(data, at)
        blanks = word ^ _BLANKS
        # A byte's highest bit is set where it is a space, and nowhere else (Mycroft 1987, without borrows).
        spaces = ~(((blanks & _LOW) + _LOW) | blanks | _LOW)
        odd = (word | ((word | _HIGH) - _BLANKS) ^ _HIGH) & _HIGH
        if odd or spaces & (spaces << uint64(8)) or (size == 0 and spaces & uint64(0x80)):
            break
        # A space is written with what follows it.
        whole = _WORD - int64(spaces >> uint64(63))
        store64(out, size, word)
        at, size = at + whole, size + whole
    return at, size


@njit(cache=True, nogil=True)
def _distinct(tokens: Tokens, count: int) -> int:
    """How many different words, numbers and glyphs, counted up to MIN_DISTINCT."""
    values, kinds = tokens.value, tokens.kind
    seen = np.zeros(MIN_DISTINCT, dtype=np.uint64)
    found = 0
    for i in range(count):
        if kinds[i] == SIGN or holds(seen, found, values[i]):
            continue
        seen[found] = values[i]
        found += 1
        if found == MIN_DISTINCT:
            break
    return found


@njit(cache=True, nogil=True)
def _is_varied(prefix: NDArray[np.uint8], size: int, tokens: Tokens) -> bool:
    """Whether a turn has MIN_DISTINCT different tokens; most have them at once."""
    if _distinct(tokens, first_tokens(prefix, 0, size, tokens, _FIRST)) == MIN_DISTINCT:
        return True
    return _distinct(tokens, tokenize(prefix, 0, size, tokens)) == MIN_DISTINCT


@njit(cache=True, nogil=True)
def turn_hash(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    k0: int,
    k1: int,
    tokens: Tokens,
    prefix: NDArray[np.uint8],
) -> int:
    """Keyed hash of the turn `data[start:end]`; 0 when it is too short or too monotonous to tell apart.

    `prefix` is scratch of PREFIX_BYTES bytes.
    """
    size, chars = normalize(data, start, end, prefix)
    if max(chars, size // 2) < MIN_CHARS:
        return uint64(0)
    if not _is_varied(prefix, size, tokens):
        return uint64(0)
    hashed = sip64(prefix, 0, size, k0, k1)
    return hashed if hashed != 0 else uint64(1)
