"""A text as segments (sentences, lines, labels), each scored by how much it reads like an instruction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import int64, njit

from features.text.lexicon import Lexicon, look_up, pair
from features.text.tokens import GAP, GLYPH, HEAD_BYTES, LINE, NUMBER, SIGN, TAIL_BYTES, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUTSIDE: Final = -1
"""Weight of a token that no segment counts: a mark, or something quoted."""

MAX_QUOTED: Final = 400
"""Tokens after which an opening quotation mark is taken for a stray one."""
MAX_LABEL: Final = 8
"""Length of a field label in half words: `Question:`, `Review text:`."""
STRANGE: Final = 0.6
"""What a word that is no cue takes off a segment's score."""

KEPT: Final = 24
"""Segments that make an identity, at most."""

NO_MARK: Final = 0
COLON: Final = 0x3A
QUOTE: Final = 0x22


class Segments(NamedTuple):
    """Scratch columns; segment `s` is the tokens from `start[s]` up to `end[s]`."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    score: NDArray[np.float64]
    """sum of cue weights, less strange words, over the root of the length"""
    length: NDArray[np.int32]
    """half words: a word is two, an ideograph one"""
    label: NDArray[np.bool_]
    """a known field name with a colon at the start of a line"""
    filled: NDArray[np.bool_]
    """follows a label on its line: what was filled into that field"""
    weight: NDArray[np.int8]
    """per token, not per segment: OUTSIDE, 0 (no cue), or the weight of the cue"""
    value: NDArray[np.uint64]
    """(KEPT,): hashes of the segments that make the identity"""


def make_segments() -> Segments:
    """Room for the segments of any one text."""
    room = HEAD_BYTES + TAIL_BYTES + 1
    return Segments(
        np.zeros(room, np.int32),
        np.zeros(room, np.int32),
        np.zeros(room),
        np.zeros(room, np.int32),
        np.zeros(room, np.bool_),
        np.zeros(room, np.bool_),
        np.zeros(room, np.int8),
        np.zeros(KEPT, np.uint64),
    )


@njit(cache=True, nogil=True)
def weigh(tokens: Tokens, count: int, lexicon: Lexicon, weight: NDArray[np.int8]) -> None:
    """Fill `weight` for every token; an ideograph weighs as the pair or the single one it is part of."""
    values, kinds = tokens.value, tokens.kind
    keys, weights = lexicon.keys, lexicon.weights
    for i in range(count):
        if kinds[i] == SIGN:
            weight[i] = OUTSIDE
        elif kinds[i] == NUMBER:
            weight[i] = 0
        else:
            weight[i] = look_up(keys, weights, values[i])
            if kinds[i] == GLYPH and i > 0 and kinds[i - 1] == GLYPH:
                both = look_up(keys, weights, pair(values[i - 1], values[i]))
                weight[i] = max(weight[i], both)
                weight[i - 1] = max(weight[i - 1], both)


@njit(cache=True, nogil=True)
def split(tokens: Tokens, count: int, segments: Segments) -> int:  # noqa: C901 - a state machine, one pass
    """Fill `segments` from weighed tokens; how many. What stands in quotation marks becomes OUTSIDE."""
    values, kinds, flags, weight = tokens.value, tokens.kind, tokens.flags, segments.weight
    made, start, opened, mark = 0, 0, -1, NO_MARK
    length, total, lowest, highest = 0, 0.0, 3, 0
    for i in range(count + 1):
        if i == count or mark != NO_MARK or (opened < 0 and flags[i] & LINE):
            if length > 0:
                label = mark == COLON and length <= MAX_LABEL and lowest >= 1 and highest > 1
                _write(segments, made, start, i, length, total, label, flags[start] & LINE != 0)
                made += 1
            start, mark = i, NO_MARK
            length, total, lowest, highest = 0, 0.0, 3, 0
        if i == count:
            break
        if opened >= 0 and i - opened > MAX_QUOTED:
            opened = -1
        if kinds[i] != SIGN:
            if opened >= 0:
                weight[i] = OUTSIDE
                continue
            held = int64(weight[i])
            half = 1 if kinds[i] == GLYPH else 2
            length += half
            total += half * (held - 1.0 if held > 0 else -STRANGE)
            highest = max(highest, held)
            if kinds[i] != NUMBER:
                lowest = min(lowest, held)
            continue
        free = i + 1 == count or flags[i + 1] & GAP != 0
        if values[i] == QUOTE:
            if opened < 0 and flags[i] & GAP and not free:
                opened = i
            elif opened >= 0 and (free or kinds[i + 1] == SIGN):
                opened = -1
        elif (
            opened < 0
            and _ends(values[i])
            and (free or kinds[i + 1] == GLYPH or (i > 0 and kinds[i - 1] == GLYPH))
        ):
            mark = int64(values[i])
    return made


@njit(cache=True, nogil=True, inline="always")
def _ends(mark: int) -> bool:
    return mark == COLON or mark == 0x2E or mark == 0x3F or mark == 0x21  # noqa: PLR1714, PLR2004 - . ? !


@njit(cache=True, nogil=True)
def _write(
    segments: Segments,
    at: int,
    start: int,
    end: int,
    length: int,
    total: float,
    label: bool,  # noqa: FBT001 - a kernel
    begins: bool,  # noqa: FBT001 - a kernel
) -> None:
    segments.start[at], segments.end[at], segments.length[at] = start, end, length
    segments.score[at] = total / math.sqrt(2.0 * length)
    segments.filled[at] = at > 0 and segments.label[at - 1] and not begins
    segments.label[at] = label and begins
