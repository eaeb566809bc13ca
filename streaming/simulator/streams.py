"""Keyed randomness: every stream of numbers is a function of the world's seed and of what it is for."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASK: Final = (1 << 64) - 1
STEP: Final = 0x9E3779B97F4A7C15
SPREAD: Final = 0xBF58476D1CE4E5B9


def generator(seed: int, *path: str | int) -> np.random.Generator:
    """An independent generator for what `path` names (Philox: Salmon et al., SC'11)."""
    digest = blake2b(repr((seed, path)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8")))


def draw(seed: int, salt: int) -> int:
    """A number of 40 bits out of `seed` for the use `salt`; the same pair always draws the same."""
    word = ((seed ^ (salt * STEP)) * SPREAD) & MASK
    return ((word ^ (word >> 31)) * STEP & MASK) >> 24


def words(base: NDArray[np.uint64], salt: NDArray[np.uint64] | int) -> NDArray[np.uint64]:
    """Mix columns of words (SplitMix64 finaliser: Steele et al., OOPSLA'14)."""
    # An array even of one salt: words overflow on purpose, and scalars warn of it.
    word = base + np.uint64(STEP) * (np.atleast_1d(np.asarray(salt, dtype=np.uint64)) + np.uint64(1))
    word = (word ^ (word >> np.uint64(30))) * np.uint64(SPREAD)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
