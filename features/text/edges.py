"""The first and the last words of a text: where an instruction stands that is put around an item."""

from __future__ import annotations

from typing import Final

from numba import njit, uint64

from features.hashing import mix64
from features.text.tokens import GLYPH, NUMBER, SIGN, Tokens

REACH: Final = 10
"""How far an edge reaches: a word takes two, an ideograph one, so that both scripts say as much."""

_NUMBER: Final = uint64(0x51ED270B)
_STEP: Final = uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def edge_value(tokens: Tokens, count: int, first: int, step: int) -> int:
    """Unkeyed hash of the tokens from `first` on, in direction `step` (1 or -1); 0 without words."""
    hashed = uint64(0)
    left = REACH
    at = first
    while 0 <= at < count and left > 0:
        kind = tokens.kind[at]
        if kind != SIGN:
            hashed = mix64(hashed * _STEP + (_NUMBER if kind == NUMBER else tokens.value[at]))
            left -= 1 if kind == GLYPH else 2
        at += step
    return hashed
