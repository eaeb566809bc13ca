"""Sentences that tell the model who it is."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import expand, pick, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_BOOK: Final[dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("book", "roles.toml").read_text("utf-8")
)


def role(rng: np.random.Generator, nouns: Sequence[str]) -> str:
    """One sentence about one of `nouns` (which may have alternatives in brackets)."""
    kind, trait = pick(rng, _BOOK["kinds"]), expand(rng, pick(rng, _BOOK["traits"]))
    noun = f"{kind}{expand(rng, pick(rng, nouns))} {trait}".strip()
    frame = say(rng, _BOOK["frames"])
    return frame.replace("{a}", f"{article(noun)} {noun}").replace("{noun}", noun)


def article(noun: str) -> str:
    """`a` or `an`."""
    return "an" if noun[:1].lower() in "aeiou" else "a"
