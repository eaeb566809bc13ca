"""The built-in corpus: texts of every kind from small grammars, for worlds without a corpus folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streaming.simulator.builtin.documents import TEXTS, WHOLE
from streaming.simulator.builtin.prompts import CHAT, WORK
from streaming.simulator.streams import generator
from streaming.simulator.wordings.grammar import expand, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_TEXTS: Final = 400
"""draws for each source; a few fall together"""


_ARTICLE: Final = re.compile(r"\b([aA]) (?=[aeiou])")


def builtin_texts(seed: int) -> dict[str, list[str]]:
    """Plain texts by source name, `kind/origin`; the same seed gives the same."""
    grammars: dict[str, Sequence[str]] = {**CHAT, **WORK, **TEXTS, **WHOLE}
    return {name: _texts(seed, name, grammar) for name, grammar in grammars.items()}


def _texts(seed: int, name: str, grammar: Sequence[str]) -> list[str]:
    rng = generator(seed, "builtin", name)
    return list(dict.fromkeys(_text(rng, grammar) for _ in range(_TEXTS)))


def _text(rng: np.random.Generator, grammar: Sequence[str]) -> str:
    return _ARTICLE.sub(r"\1n ", expand(rng, pick(rng, grammar)))
