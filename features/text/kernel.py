"""The text kernel: a batch of messages and answers to fixed-size sketch rows, compiled, without the GIL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit, uint64

from features.hashing import sip64, sip64_word
from features.rows import MAX_PURPOSES, SHINGLES, SKETCH_ROW, TURNS
from features.text.edges import edge_value
from features.text.lexicon import Lexicon, make_lexicon
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER, TextParts
from features.text.score import (
    MAX_NGRAMS,
    Linear,
    calibrate,
    linear,
    ngram_buckets,
    raise_logits,
)
from features.text.segments import Segments, make_segments
from features.text.shingles import shingle_minima, sign_minima
from features.text.template import template_value
from features.text.tokens import Tokens, make_tokens, tokenize
from features.text.turns import PREFIX_BYTES, turn_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import HashKey
    from features.text.purposes import PurposeWeights

KERNEL_VERSION: Final = 1
"""Rises whenever the same text would give another row: rows of two versions cannot be compared."""

_NONE: Final = -1


class Columns(NamedTuple):
    """The fields of a sketch row that hold arrays or hashes, as views the kernel fills."""

    template: NDArray[np.uint64]
    system: NDArray[np.uint64]
    content: NDArray[np.uint64]
    opening: NDArray[np.uint64]
    response: NDArray[np.uint64]
    turns: NDArray[np.uint64]
    shingles: NDArray[np.uint32]
    head: NDArray[np.uint32]
    tail: NDArray[np.uint32]
    purposes: NDArray[np.uint8]


class Scratch(NamedTuple):
    """Memory reused from text to text."""

    tokens: Tokens
    segments: Segments
    buckets: NDArray[np.uint16]
    minima: NDArray[np.uint64]
    logits: NDArray[np.float64]
    prefix: NDArray[np.uint8]


class TextKernel:
    """Sketches texts under one key with one set of purpose weights. Safe to share between threads."""

    def __init__(self, key: HashKey, weights: PurposeWeights) -> None:
        self.key = key
        self.weights_version = weights.version
        self._linear = linear(weights)
        self._lexicon = make_lexicon()

    def sketch(self, parts: TextParts) -> NDArray[np.void]:
        """One row an event, shape (n,), dtype SKETCH_ROW; `present` is 0 and all else too without text.

        Any bytes are safe. Rows do not depend on how events were split into batches.
        """
        rows = np.zeros(len(parts.first) - 1, dtype=SKETCH_ROW)
        _count(parts, rows)
        columns = Columns(*(rows[name] for name in Columns._fields))
        arrays = (parts.data, parts.offsets, parts.roles, parts.first)
        _sketch(*arrays, self.key.k0, self.key.k1, self._linear, self._lexicon, columns, _scratch())
        return rows


def _scratch() -> Scratch:
    return Scratch(
        make_tokens(),
        make_segments(),
        np.zeros(MAX_NGRAMS, np.uint16),
        np.zeros(SHINGLES, np.uint64),
        np.zeros(MAX_PURPOSES),
        np.zeros(PREFIX_BYTES, np.uint8),
    )


def _count(parts: TextParts, rows: NDArray[np.void]) -> None:
    """Fill lengths and numbers of turns, which need no look at the bytes."""
    owner = np.repeat(np.arange(len(rows)), np.diff(parts.first))
    size = np.diff(parts.offsets).astype(np.float64)
    answer = parts.roles == RESPONSE
    rows["present"][owner] = 1
    for name, chosen in (("input_bytes", ~answer), ("response_bytes", answer)):
        rows[name] = np.bincount(owner[chosen], size[chosen], len(rows)).clip(0, 2**32 - 1)
    for name, role in (("user_turns", USER), ("assistant_turns", ASSISTANT), ("tool_turns", TOOL)):
        rows[name] = np.bincount(owner[parts.roles == role], minlength=len(rows)).clip(0, 2**16 - 1)
    last_user = np.flatnonzero(parts.roles == USER)
    # Assigning in order leaves the last user message of each event.
    rows["user_bytes"][owner[last_user]] = size[last_user].clip(0, 2**32 - 1)


@njit(cache=True, nogil=True)
def _sketch(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    first: NDArray[np.int64],
    k0: int,
    k1: int,
    model: Linear,
    lexicon: Lexicon,
    out: Columns,
    scratch: Scratch,
) -> None:
    # Taken out of their tuples once: doing so costs a reference count each time.
    tokens, segments, buckets = scratch.tokens, scratch.segments, scratch.buckets
    minima, logits = scratch.minima, scratch.logits
    template, systems, head, tail = out.template, out.system, out.head, out.tail
    signatures, purposes = out.shingles, out.purposes
    for event in range(first.shape[0] - 1):
        user, system = _hash_input(data, offsets, roles, first, event, k0, k1, out)
        _hash_turns(data, offsets, roles, first, event, k0, k1, out, scratch)
        logits[:] = -np.inf
        if system != _NONE:
            count = tokenize(data, offsets[system], offsets[system + 1], tokens)
            systems[event] = _keyed(template_value(tokens, count, lexicon, segments), k0, k1)
            size = ngram_buckets(tokens, count, buckets)
            raise_logits(buckets, size, model, logits)
        if user != _NONE:
            count = tokenize(data, offsets[user], offsets[user + 1], tokens)
            template[event] = _keyed(template_value(tokens, count, lexicon, segments), k0, k1)
            head[event] = _keyed(edge_value(tokens, count, 0, 1), k0, k1) >> uint64(32)
            tail[event] = _keyed(edge_value(tokens, count, count - 1, -1), k0, k1) >> uint64(32)
            shingles = shingle_minima(tokens, count, minima)
            sign_minima(minima, shingles, k0, k1, signatures[event])
            size = ngram_buckets(tokens, count, buckets)
            raise_logits(buckets, size, model, logits)
        calibrate(logits, model, purposes[event])


@njit(cache=True, nogil=True)
def _keyed(value: int, k0: int, k1: int) -> int:
    """`value` under the key; 0 stays 0, which means there was none."""
    if value == 0:
        return uint64(0)
    hashed = sip64_word(value, k0, k1)
    return hashed if hashed != 0 else uint64(1)


@njit(cache=True, nogil=True)
def _hash_input(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    first: NDArray[np.int64],
    event: int,
    k0: int,
    k1: int,
    out: Columns,
) -> tuple[int, int]:
    """Fill `content` and `opening`; the parts that are the last user message and the first system prompt."""
    user, system = _NONE, _NONE
    content = uint64(0)
    for part in range(first[event], first[event + 1]):
        role = roles[part]
        if role == RESPONSE:
            continue
        hashed = sip64(data, offsets[part], offsets[part + 1], k0, k1)
        content = sip64_word((content << uint64(1)) ^ hashed ^ uint64(role + 1), k0, k1)
        if role == USER:
            if user == _NONE:
                out.opening[event] = hashed if hashed != 0 else uint64(1)
            user = part
        elif role == SYSTEM and system == _NONE:
            system = part
    out.content[event] = content
    return user, system


@njit(cache=True, nogil=True)
def _hash_turns(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    first: NDArray[np.int64],
    event: int,
    k0: int,
    k1: int,
    out: Columns,
    scratch: Scratch,
) -> None:
    """Fill `turns`, newest first, and `response`."""
    turn = 0
    for part in range(first[event + 1] - 1, first[event] - 1, -1):
        role = roles[part]
        if role != RESPONSE and (role != ASSISTANT or turn == TURNS):
            continue
        hashed = turn_hash(data, offsets[part], offsets[part + 1], k0, k1, scratch.tokens, scratch.prefix)
        if role == RESPONSE:
            out.response[event] = hashed
        else:
            out.turns[event, turn] = hashed
            turn += 1
