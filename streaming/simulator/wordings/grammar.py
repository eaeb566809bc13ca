"""Texts with alternatives: `[Please |]answer in [one word|a word]` is one of four sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

T = TypeVar("T")

_INNERMOST: Final = re.compile(r"\[([^\[\]]*)\]")
_SPACES: Final = re.compile(r"(?<=\S) {2,}")
_BEFORE_MARK: Final = re.compile(r"[ ,]+([,.;:!?])(?=\s|$)")


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of `options`, all alike likely."""
    return options[int(rng.integers(len(options)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """True in `share` of the draws."""
    return bool(rng.random() < share)


def shuffled(rng: np.random.Generator, options: Sequence[T]) -> list[T]:
    """All of `options` in any order."""
    return [options[at] for at in rng.permutation(len(options)).tolist()]


def some(rng: np.random.Generator, options: Sequence[T], least: int, most: int) -> list[T]:
    """Between `least` and `most` of `options`, in any order."""
    count = int(rng.integers(least, most + 1))
    return shuffled(rng, options)[:count]


def expand(rng: np.random.Generator, text: str) -> str:
    """Take one alternative of each `[a|b|...]`, the inner ones first; spaces left over are closed up."""
    while "[" in text:
        text, found = _INNERMOST.subn(lambda match: pick(rng, match[1].split("|")), text)
        if not found:
            raise ValueError(f"grammar: a bracket is not closed in {text[:40]!r}; close it")
    return _BEFORE_MARK.sub(r"\1", _SPACES.sub(" ", text)).strip(" ")


def say(rng: np.random.Generator, options: Sequence[str]) -> str:
    """Expand one of `options` and begin it with a capital."""
    text = expand(rng, pick(rng, options))
    return text[:1].upper() + text[1:]
