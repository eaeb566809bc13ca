"""Purpose scores of one text: hashed token n-grams times trained weights, calibrated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit, uint64

from features.hashing import mix64
from features.text.purposes import BUCKETS, PURPOSES
from features.text.tokens import GLYPH, NUMBER, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.text.purposes import PurposeWeights

HEAD_TOKENS: Final = 128
TAIL_TOKENS: Final = 96
"""Only n-grams within the first and the last tokens count: there a prompt says what it wants."""

MAX_NGRAMS: Final = 3 * (HEAD_TOKENS + TAIL_TOKENS)
LEARNT_COLUMNS: Final = len(PURPOSES) - 1
_UNI: Final = uint64(0xA24BAED4963EE407)
_BI: Final = uint64(0x9FB21C651E98DF25)
_TRI: Final = uint64(0xC13FA9A902A6328F)
_NUMBER: Final = uint64(0x1234567)
_SHIFT: Final = uint64(64 - BUCKETS.bit_length() + 1)


class Linear(NamedTuple):
    """`PurposeWeights` as the kernel takes them."""

    table: NDArray[np.int16]
    scale: NDArray[np.float64]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]


def linear(weights: PurposeWeights) -> Linear:
    """The arrays of `weights`, contiguous."""
    columns = (weights.scale, weights.bias, weights.slope, weights.offset)
    return Linear(np.ascontiguousarray(weights.table), *(np.ascontiguousarray(c) for c in columns))


@njit(cache=True, nogil=True, inline="always")
def _bucket(mixed: int) -> np.uint16:
    return np.uint16(mix64(mixed) >> _SHIFT)


@njit(cache=True, nogil=True)
def ngram_buckets(tokens: Tokens, count: int, out: NDArray[np.uint16]) -> int:
    """Buckets of the text's uni- and bigrams (and trigrams of glyphs) into `out`; how many, with repeats.

    Numbers count as one token whatever their value. `out` holds MAX_NGRAMS.
    """
    values, kinds = tokens.value, tokens.kind
    size, run = 0, 0
    last, before = uint64(0), uint64(0)
    for i in range(count):
        if HEAD_TOKENS <= i < count - TAIL_TOKENS:
            run = 0
            continue
        value = _NUMBER if kinds[i] == NUMBER else values[i]
        out[size] = _bucket(value * _UNI + uint64(1))
        size += 1
        if run > 0:
            out[size] = _bucket((last * _BI) ^ (value + _UNI))
            size += 1
        if run > 1 and kinds[i] == GLYPH and kinds[i - 1] == GLYPH and kinds[i - 2] == GLYPH:
            out[size] = _bucket(((before * _BI) ^ last) * _TRI ^ value)
            size += 1
        before, last = last, value
        run += 1
    return size


@njit(cache=True, nogil=True)
def raise_logits(
    buckets: NDArray[np.uint16],
    size: int,
    model: Linear,
    logits: NDArray[np.float64],
) -> None:
    """Raise `logits` (MAX_PURPOSES,) to those of this text: n-gram counts over the root of their sum.

    A request with a system prompt has the purpose that either of its texts states.
    """
    if size == 0:
        return
    table = model.table
    root = math.sqrt(size)
    for p in range(LEARNT_COLUMNS):
        total = 0
        for i in range(size):
            total += table[buckets[i], p]
        logits[p] = max(logits[p], model.bias[p] + model.scale[p] * total / root)


@njit(cache=True, nogil=True)
def calibrate(logits: NDArray[np.float64], model: Linear, out: NDArray[np.uint8]) -> None:
    """Calibrated probabilities in 1/255 into `out` (MAX_PURPOSES,); all 0 without any text (logits -inf)."""
    out[:] = 0
    if logits[0] == -np.inf:
        return
    ordinary = 1.0
    for p in range(LEARNT_COLUMNS):
        # Without a slope a purpose is switched off, and exp of an infinite offset is exactly that.
        held = 1.0 / (1.0 + math.exp(-(model.slope[p] * logits[p] + model.offset[p])))
        out[p] = np.uint8(round(255.0 * held))
        ordinary *= 1.0 - held
    if model.slope.any():
        out[LEARNT_COLUMNS] = np.uint8(round(255.0 * ordinary))
