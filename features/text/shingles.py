"""MinHash of 3-shingles (Broder 1997): how alike two texts are, from 16 numbers each.

A shingle is three tokens in a row (words, numbers, or single characters in scripts without spaces); marks do
not count. A text with fewer tokens is one shingle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint32, uint64

from features.hashing import mix64, sip64_word
from features.rows import SHINGLES
from features.text.tokens import SIGN, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH: Final = 3
_ONES: Final = uint64(0xFFFFFFFFFFFFFFFF)
_STEP: Final = uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = uint64(0xD1B54A32D192ED03)


def _multipliers() -> NDArray[np.uint64]:
    odd = np.array([int(mix64(uint64(i + 1))) | 1 for i in range(SHINGLES)], dtype=np.uint64)
    odd.flags.writeable = False
    return odd


MULTIPLIERS: Final = _multipliers()
"""One odd multiplier a permutation (multiply-shift hashing, Dietzfelbinger et al. 1997)."""


@njit(cache=True, nogil=True)
def shingle_minima(tokens: Tokens, count: int, minima: NDArray[np.uint64]) -> int:
    """Minima of every permutation over the text's shingles into `minima` (SHINGLES,); how many shingles."""
    minima[:] = _ONES
    values, kinds = tokens.value, tokens.kind
    before, last = uint64(0), uint64(0)
    seen = 0
    for i in range(count):
        if kinds[i] == SIGN:
            continue
        value = values[i]
        seen += 1
        if seen >= WIDTH:
            _fold_in(_shingle(before, last, value), minima)
        before, last = last, value
    if 0 < seen < WIDTH:
        _fold_in(_shingle(uint64(0), before, last), minima)
        return 1
    return max(seen - WIDTH + 1, 0)


@njit(cache=True, nogil=True, inline="always")
def _shingle(first: int, second: int, third: int) -> int:
    return mix64((uint64(first) * _STEP + uint64(second)) * _SHIFT + uint64(third))


@njit(cache=True, nogil=True)
def _fold_in(shingle: int, minima: NDArray[np.uint64]) -> None:
    for p in range(SHINGLES):
        permuted = shingle * MULTIPLIERS[p]
        minima[p] = min(minima[p], permuted)


@njit(cache=True, nogil=True)
def sign_minima(minima: NDArray[np.uint64], shingles: int, k0: int, k1: int, out: NDArray[np.uint32]) -> None:
    """Put minima under the key and cut them to 32 bits, never 0; all 0 where the text had no shingle."""
    for p in range(SHINGLES):
        keyed = uint32(sip64_word(minima[p] + uint64(p), k0, k1)) if shingles else uint32(0)
        out[p] = uint32(1) if shingles and keyed == 0 else keyed


def jaccard(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated Jaccard similarity of the shingle sets behind two signatures, shapes (..., SHINGLES).

    The share of equal values: unbiased, standard error at most 0.125 with 16 values; 0 for an empty text.
    """
    equal: NDArray[np.float64] = ((left == right) & (left != 0)).mean(axis=-1)
    return equal
