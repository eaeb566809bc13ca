"""Texts as the baselines see them: hashed bags of words, and phrases that ask for reasoning.

The hashing trick (Weinberger, Dasgupta, Langford, Smola and Attenberg, ICML 2009) stands in for the
encoders of the papers: those are large models, and the accounts to be compared write in many languages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from features.text.parts import SYSTEM, USER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.text.parts import TextParts

SIZE: Final = 256
LENGTH: Final = 1_000
"""Characters of a message that count."""

_WORD: Final = r"[\u3040-\u30ff\u4e00-\u9fff]|\w+"
"""Chinese and Japanese are written without spaces: each character counts as a word."""
_BYTES: Final = 4
"""Most bytes of a character in UTF-8."""
_MOST: Final = 127

REASONING: Final = re.compile(
    r"step[ -]by[ -]step|chain[ -]of[ -]thought|inner monologue|let'?s think|think(?:ing)? aloud|"
    r"\b(?:show|explain|describe|document|detail|write|spell|give|provide|include|output|reveal)\b"
    r"(?: \w+){0,4} (?:reasoning|thinking|thoughts?|work(?:ing)?|steps)\b|"
    r"<(?:think|thinking|reasoning|thoughts?|scratchpad)>|paso a paso|passo a passo|schritt für schritt|"
    r"étape par étape|шаг за шагом|逐步|一步一步|一步步|思维链|推理过程|思考过程|"
    r"ステップ|段階的|단계별|단계적",
    re.IGNORECASE,
)


def texts(parts: TextParts) -> tuple[list[str], list[str]]:
    """System prompt and last user message of each event, cut at `LENGTH`; empty where there is none."""
    events = len(parts.first) - 1
    owner = np.repeat(np.arange(events), np.diff(parts.first))
    data = parts.data.tobytes()

    def of(role: int) -> list[str]:
        last = np.full(events, -1, dtype=np.int64)
        found = np.flatnonzero(parts.roles == role)
        np.maximum.at(last, owner[found], found)
        start = np.where(last >= 0, parts.offsets[last], 0)
        end = np.where(last >= 0, np.minimum(parts.offsets[last + 1], start + _BYTES * LENGTH), 0)
        spans = zip(start.tolist(), end.tolist(), strict=True)
        return [data[a:b].decode(errors="ignore")[:LENGTH] for a, b in spans]

    return of(SYSTEM), of(USER)


def asks_reasoning(systems: Sequence[str], messages: Sequence[str]) -> NDArray[np.bool_]:
    """Whether either text has one of the phrases, shape (n,)."""
    found = REASONING.search
    pairs = zip(systems, messages, strict=True)
    return np.array([bool(found(message) or found(system)) for system, message in pairs], dtype=np.bool_)


def embed(messages: Sequence[str]) -> NDArray[np.int8]:
    """Signed counts of hashed words, shape (n, SIZE), saturating at 127."""
    if not messages:
        return np.zeros((0, SIZE), dtype=np.int8)
    hashing = HashingVectorizer(n_features=SIZE, token_pattern=_WORD, norm=None, dtype=np.float32)
    counts = hashing.transform(messages).toarray()
    clipped: NDArray[np.int8] = np.clip(counts, -_MOST, _MOST).astype(np.int8)
    return clipped
