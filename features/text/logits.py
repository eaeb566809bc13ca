"""Purpose logits and n-gram buckets of texts outside an event: for training and for tests of the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from features.rows import MAX_PURPOSES
from features.text.score import MAX_NGRAMS, Linear, linear, ngram_buckets, raise_logits
from features.text.tokens import make_tokens, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.text.purposes import PurposeWeights


def buckets_of(texts: Sequence[bytes]) -> list[NDArray[np.uint16]]:
    """The hashed n-grams of each text, with repeats: what the kernel's linear model sees of it."""
    tokens, room = make_tokens(), np.zeros(MAX_NGRAMS, dtype=np.uint16)
    found = []
    for text in texts:
        data = np.frombuffer(text, dtype=np.uint8)
        count = tokenize(data, 0, len(data), tokens)
        found.append(room[: ngram_buckets(tokens, count, room)].copy())
    return found


def purpose_logits(texts: Sequence[bytes], weights: PurposeWeights) -> NDArray[np.float64]:
    """Logits before calibration, shape (n, MAX_PURPOSES), by the kernel; -inf for a wordless text."""
    model: Linear = linear(weights)
    logits = np.full((len(texts), MAX_PURPOSES), -np.inf)
    for row, buckets in zip(logits, buckets_of(texts), strict=True):
        raise_logits(buckets, len(buckets), model, row)
    return logits
