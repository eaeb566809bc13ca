"""Fragments: parts of lines that many lines share, made when they are first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_TABLE, _SOURCE = 58, 48


class Fragments:
    """An arena of strings that grows; the first ones are given."""

    def __init__(self, first: Sequence[str]) -> None:
        self._text = np.zeros(1 << 16, dtype=np.uint8)
        self._starts = np.zeros(1 << 10, dtype=np.int64)
        self._count = 0
        self._known: dict[int, int] = {}
        for text in first:
            self._add(text)

    def arena(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The strings' bytes, and where each begins; valid until the next fragment is made."""
        return self._text, self._starts

    def numbers(
        self,
        table: int,
        source: NDArray[np.int32],
        at: NDArray[np.int64],
        make: Callable[[int, int, int], str],
    ) -> NDArray[np.int32]:
        """The fragment of each entry of a table as its gateway logs it; `make` is asked for new ones."""
        keys = (np.int64(table) << _TABLE) | (source.astype(np.int64) << _SOURCE) | at
        distinct, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        found = np.empty(len(distinct), dtype=np.int32)
        for k, (key, row) in enumerate(zip(distinct.tolist(), first.tolist(), strict=True)):
            number = self._known.get(key)
            if number is None:
                number = self._known[key] = self._add(make(table, int(source[row]), int(at[row])))
            found[k] = number
        result: NDArray[np.int32] = found[inverse]
        return result

    def _add(self, text: str) -> int:
        encoded = np.frombuffer(text.encode(), dtype=np.uint8)
        start = int(self._starts[self._count])
        end = start + len(encoded)
        if end > len(self._text):
            self._text = np.concatenate([self._text, np.zeros(max(end, len(self._text)), dtype=np.uint8)])
        if self._count + 2 > len(self._starts):
            self._starts = np.concatenate([self._starts, np.zeros_like(self._starts)])
        self._text[start:end] = encoded
        self._count += 1
        self._starts[self._count] = end
        return self._count - 1
