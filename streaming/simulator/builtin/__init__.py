"""The built-in corpus: texts of every kind from small grammars, for worlds without a corpus folder."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from streaming.simulator.streams import generator
from streaming.simulator.wordings.grammar import expand, pick

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np

_TEXTS: Final = 320
"""draws for each source; a few fall together"""
_FILES: Final = ("prompts.toml", "documents.toml")
_WORD: Final = re.compile(r"\{([a-z_]+)\}")
_ARTICLE: Final = re.compile(r"\b([aA]) (?=[aeiou])")


def builtin_texts(seed: int, without: Collection[str] = ()) -> dict[str, list[str]]:
    """Plain texts by source name, `kind/origin`, but for the kinds `without`; a function of the seed."""
    words = _table("words.toml")["words"]
    grammars = {name: body["texts"] for file in _FILES for name, body in _table(file).items()}
    return {
        name: _texts(generator(seed, "builtin", name), [_filled(text, words) for text in grammar])
        for name, grammar in grammars.items()
        if name.partition("/")[0] not in without
    }


def _table(file: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath(file).read_text("utf-8"))


def _filled(text: str, words: Mapping[str, str]) -> str:
    while _WORD.search(text):
        text = _WORD.sub(lambda match: words[match[1]], text)
    return text


def _texts(rng: np.random.Generator, grammar: Sequence[str]) -> list[str]:
    drawn = (expand(rng, pick(rng, grammar)) for _ in range(_TEXTS))
    return list(dict.fromkeys(_ARTICLE.sub(r"\1n ", text) for text in drawn))
