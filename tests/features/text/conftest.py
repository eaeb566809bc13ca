"""The text kernel as the tests call it: lists of (role, bytes) in, rows out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from features.hashing import HashKey
from features.text.kernel import TextKernel
from features.text.parts import TextParts
from features.text.purposes import PurposeWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Sketch(Protocol):
    """Sketches a batch; each event is its parts, (role, bytes)."""

    def __call__(self, batch: Sequence[Sequence[tuple[int, bytes]]], key_of: str = ...) -> NDArray[np.void]:
        """Rows of the batch, under a key derived from `key_of`."""
        ...


@pytest.fixture(scope="session")
def sketch() -> Sketch:
    """Rows of a batch under a key derived from `key_of`, without purpose weights."""

    @cache
    def kernel(key_of: str) -> TextKernel:
        return TextKernel(HashKey.from_secret(key_of), PurposeWeights.empty())

    def run(batch: Sequence[Sequence[tuple[int, bytes]]], key_of: str = "tests") -> NDArray[np.void]:
        flat = [part for event in batch for part in event]
        parts = TextParts(
            np.frombuffer(b"".join(data for _, data in flat), dtype=np.uint8),
            np.cumsum([0, *(len(data) for _, data in flat)], dtype=np.int64),
            np.array([role for role, _ in flat], dtype=np.uint8),
            np.cumsum([0, *(len(event) for event in batch)], dtype=np.int64),
        )
        return kernel(key_of).sketch(parts)

    return run
