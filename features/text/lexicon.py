"""The cues of instructions as a hash table that a kernel can probe."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import int64, njit, uint64

from features.hashing import mix64
from features.text.cues import cue_weights
from features.text.tokens import GLYPH, Tokens, make_tokens, tokenize

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOTS: Final = 1 << 12
_MASK: Final = uint64(SLOTS - 1)
_STEP: Final = uint64(0x9E3779B97F4A7C15)


class Lexicon(NamedTuple):
    """Open addressing with linear probing; an empty slot weighs 0."""

    keys: NDArray[np.uint64]
    weights: NDArray[np.uint8]


@njit(cache=True, nogil=True)
def pair(left: int, right: int) -> int:
    """The key of two ideographs in a row."""
    return mix64(uint64(left) * _STEP + uint64(right))


@njit(cache=True, nogil=True)
def look_up(keys: NDArray[np.uint64], weights: NDArray[np.uint8], key: int) -> int:
    """The weight of a cue in a `Lexicon`; 0 when `key` is none."""
    slot = key & _MASK
    while weights[slot] != 0:
        if keys[slot] == key:
            return int64(weights[slot])
        slot = (slot + uint64(1)) & _MASK
    return 0


@njit(cache=True, nogil=True)
def _insert(lexicon: Lexicon, key: int, weight: int) -> None:
    slot = key & _MASK
    while lexicon.weights[slot] != 0 and lexicon.keys[slot] != key:
        slot = (slot + uint64(1)) & _MASK
    lexicon.keys[slot] = key
    lexicon.weights[slot] = max(lexicon.weights[slot], weight)


def make_lexicon() -> Lexicon:
    """The table of `features.text.cues`; a cue of several ideographs stands for each pair in it."""
    lexicon = Lexicon(np.zeros(SLOTS, dtype=np.uint64), np.zeros(SLOTS, dtype=np.uint8))
    tokens = make_tokens()
    for word, weight in cue_weights().items():
        data = np.frombuffer(word.encode(), dtype=np.uint8)
        for key in _keys(tokens, tokenize(data, 0, len(data), tokens)):
            _insert(lexicon, key, weight)
    return lexicon


def _keys(tokens: Tokens, count: int) -> list[np.uint64]:
    values = list(tokens.value[:count])
    if count > 1 and tokens.kind[0] == GLYPH:
        return [np.uint64(pair(left, right)) for left, right in pairwise(values)]
    return values
