"""Template identity: the same for two texts that differ only in what was filled into their slots.

Stateless, a pure function of one text, so that an edge, a replay and a cluster agree without a shared table.
The text is cut into segments; those that read like an instruction, and known field labels, are the template
and the rest is what was filled in. Within an instruction only cues count, so that names, numbers and quoted
values may change. A text with no instruction at all is its own template.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit, uint64

from features.hashing import mix64
from features.text.segments import KEPT, OUTSIDE, Segments, split, weigh
from features.text.tokens import NUMBER, SIGN, Tokens, holds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.text.lexicon import Lexicon

INSIDE_SCORE: Final = 1.2
"""Least score of an instruction within a text."""
EDGE_SCORE: Final = 0.5
"""Least score of one that opens or closes it, where instructions are expected."""
FALLBACK_SCORE: Final = -0.9
"""Least score of the better edge of a text with neither instruction nor label."""
RELATIVE_SCORE: Final = 0.4
"""Share of the best segment's score that another needs: beside a clear instruction, a doubtful one is not."""
MIN_LENGTH: Final = 6
"""Least half words of an instruction within a text."""
_NUMBER: Final = uint64(0x51ED270B)
_STEP: Final = uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def template_value(tokens: Tokens, count: int, lexicon: Lexicon, segments: Segments) -> int:
    """Unkeyed identity of a tokenised text; 0 when it has no word, number or ideograph."""
    weigh(tokens, count, lexicon, segments.weight)
    made = split(tokens, count, segments)
    scores, lengths, labels, filled = segments.score, segments.length, segments.label, segments.filled
    least = _least_score(scores, lengths, labels, filled, made)
    fallback = _fallback(segments, made) if least == math.inf else -1
    hashed, kept = uint64(0), 0
    for s in range(made):
        edge = (s == 0 or s == made - 1) and not filled[s]
        instructs = not labels[s] and scores[s] >= least and _instructs(scores[s], lengths[s], edge)
        if kept == KEPT or not (labels[s] or s == fallback or instructs):
            continue
        value = _words(tokens, segments, s, s != fallback)
        if not holds(segments.value, kept, value):
            hashed = mix64(hashed * _STEP + value)
            segments.value[kept] = value
            kept += 1
    return hashed if kept > 0 else _everything(tokens, count)


@njit(cache=True, nogil=True)
def _least_score(
    scores: NDArray[np.float64],
    lengths: NDArray[np.int32],
    labels: NDArray[np.bool_],
    filled: NDArray[np.bool_],
    made: int,
) -> float:
    """The score that an instruction needs in this text; infinite when it has none."""
    best = -math.inf
    for s in range(made):
        edge = (s == 0 or s == made - 1) and not filled[s]
        if not labels[s] and _instructs(scores[s], lengths[s], edge):
            best = max(best, scores[s])
    return math.inf if best == -math.inf else RELATIVE_SCORE * best


@njit(cache=True, nogil=True, inline="always")
def _instructs(score: float, length: int, edge: bool) -> bool:  # noqa: FBT001 - a kernel
    return (edge and score >= EDGE_SCORE) or (score >= INSIDE_SCORE and length >= MIN_LENGTH)


@njit(cache=True, nogil=True)
def _fallback(segments: Segments, made: int) -> int:
    """The edge that most reads like an instruction, where nothing clearly does; -1 for none."""
    if made < 2 or segments.label[:made].any():  # noqa: PLR2004 - a single segment is its own template
        return -1
    last = made - 1
    edge = 0 if segments.score[0] >= segments.score[last] else last
    return edge if segments.score[edge] >= FALLBACK_SCORE and segments.length[edge] >= MIN_LENGTH else -1


@njit(cache=True, nogil=True)
def _words(tokens: Tokens, segments: Segments, s: int, only_cues: bool) -> int:  # noqa: FBT001 - a kernel
    """Hash of a segment's words, or only of its cues; a plain cue counts between other cues only."""
    values, kinds, weight = tokens.value, tokens.kind, segments.weight
    hashed, before, pending, plain = uint64(0), 1, uint64(0), False
    for i in range(segments.start[s], segments.end[s]):
        held = weight[i]
        if held == OUTSIDE:
            continue
        value = _NUMBER if kinds[i] == NUMBER else values[i]
        if plain and held > 0:
            hashed = mix64(hashed * _STEP + pending)
        if held > 1 or not only_cues:
            hashed = mix64(hashed * _STEP + value)
        plain = held == 1 and before > 0 and only_cues
        pending, before = value, held
    return mix64(hashed * _STEP + pending) if plain else hashed


@njit(cache=True, nogil=True)
def _everything(tokens: Tokens, count: int) -> int:
    """Hash of all words of a text, numbers alike."""
    values, kinds = tokens.value, tokens.kind
    hashed = uint64(0)
    for i in range(count):
        if kinds[i] != SIGN:
            hashed = mix64(hashed * _STEP + (_NUMBER if kinds[i] == NUMBER else values[i]))
    return hashed
