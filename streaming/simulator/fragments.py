"""Fragments: parts of lines that many lines share, made when they are first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_SOURCE = 48


class Fragments:
    """An arena of strings that grows; the first ones are given."""

    def __init__(self, first: Sequence[str]) -> None:
        self._text = np.zeros(1 << 16, dtype=np.uint8)
        self._starts = np.zeros(1 << 10, dtype=np.int64)
        self._count = 0
        self._known: dict[int, NDArray[np.int32]] = {}
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
        known = self._room(table, int(source.max(initial=0)) + 1, int(at.max(initial=0)) + 1)
        found = known[source, at]
        new = np.flatnonzero(found < 0)
        if len(new):
            keys = (source[new].astype(np.int64) << _SOURCE) | at[new]
            for row in new[np.unique(keys, return_index=True)[1]].tolist():
                known[source[row], at[row]] = self._add(make(table, int(source[row]), int(at[row])))
            found = known[source, at]
        return found

    def _room(self, table: int, sources: int, entries: int) -> NDArray[np.int32]:
        """(sources, entries) numbers of a table's fragments, -1 for those not made yet."""
        known = self._known.get(table, np.zeros((0, 0), dtype=np.int32))
        rows, columns = known.shape
        if sources > rows or entries > columns:
            grown = np.full((max(sources, rows), max(2 * entries, columns)), -1, dtype=np.int32)
            grown[:rows, :columns] = known
            known = self._known[table] = grown
        return known

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
