"""Template identity: the same for two texts that differ only in what was filled into their slots.

Stateless: a pure function of one text, so that an edge, a replay and a cluster agree without a shared table.
"""

from __future__ import annotations

from typing import Final

from numba import njit, uint64

from features.hashing import mix64
from features.text.tokens import NUMBER, SIGN, Tokens

_NUMBER: Final = uint64(0x1234567)
_STEP: Final = uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def template_value(tokens: Tokens, count: int) -> int:
    """Unkeyed identity of a tokenised text; 0 when it has no word, number or glyph."""
    hashed = uint64(0)
    for i in range(count):
        if tokens.kind[i] == SIGN:
            continue
        value = _NUMBER if tokens.kind[i] == NUMBER else tokens.value[i]
        hashed = mix64(hashed * _STEP + value)
    return hashed
