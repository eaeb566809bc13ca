"""Where prompts come from: the corpus of the item in them, as far as its opening words give it away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streaming.simulator.corpus import Corpus

WORDS: Final = 5
_LOOKED_THROUGH: Final = 400
"""words of a prompt"""
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Sources:
    """The first words of every text, and the pool it is of."""

    openings: Mapping[tuple[str, ...], str]

    @classmethod
    def of_corpus(cls, corpus: Corpus) -> Self:
        """Of a text in several pools, the first by name counts."""
        openings: dict[tuple[str, ...], str] = {}
        for name in sorted(corpus.pools):
            for text in corpus.pools[name].texts:
                words = tuple(json.loads(f'"{text}"').split()[:WORDS])
                if len(words) == WORDS:
                    openings.setdefault(words, name)
        return cls(openings)

    def of(self, messages: Sequence[Mapping[str, Any]] | None) -> str:
        """The pool of the first text that is found in what the user says."""
        for message in messages or ():
            words = (
                str(message.get("content")).split()[:_LOOKED_THROUGH] if message.get("role") == "user" else []
            )
            for at in range(len(words) - WORDS + 1):
                found = self.openings.get(tuple(words[at : at + WORDS]))
                if found is not None:
                    return found
        return UNKNOWN
