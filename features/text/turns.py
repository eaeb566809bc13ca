"""Provenance: a keyed hash of a turn's beginning, so that a served answer is known when it comes back.

Only the first characters count, whitespace normalised: logs cut answers and messages at different lengths,
and a copied answer must still match. Short or monotonous beginnings (greetings, rulers, boilerplate code)
have no hash, because strangers write the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.hashing import sip64
from features.text.tokens import SIGN, Tokens, holds, tokenize

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


@njit(cache=True, nogil=True)
def normalize(data: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8]) -> tuple[int, int]:
    """Copy the first PREFIX_CHARS characters, each whitespace run as one space: bytes, characters written."""
    size, chars, space = 0, 0, False
    for at in range(start, end):
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
    if _distinct(tokens, tokenize(prefix, 0, size, tokens)) < MIN_DISTINCT:
        return uint64(0)
    hashed = sip64(prefix, 0, size, k0, k1)
    return hashed if hashed != 0 else uint64(1)
