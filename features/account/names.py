"""Account names and their rows, without a Python object for each: a million names in about 50 MB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.hashing import hash_strings
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from features.hashing import HashKey

_START: Final = 1024
_FULL: Final = 0.8
_FREE: Final = -1


class NameIndex:
    """Names in the order in which they were first seen; a name's place is its row.

    Names are told apart by a keyed 64-bit hash: nobody who does not know the key can make two collide, and
    by chance two of a million do so once in 37 million runs.
    """

    def __init__(self, key: HashKey) -> None:
        self._key = key
        self._text = bytearray()
        self._ends: NDArray[np.int64] = np.zeros(_START, dtype=np.int64)
        self._count = 0
        self._hashes: NDArray[np.uint64] = np.zeros(2 * _START, dtype=np.uint64)
        self._rows: NDArray[np.int32] = np.full(2 * _START, _FREE, dtype=np.int32)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, row: int) -> str:
        start = int(self._ends[row - 1]) if row else 0
        return self._text[start : int(self._ends[row])].decode()

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(self._count))

    def find(self, name: str) -> int | None:
        """The row of `name`, or None where it was never seen."""
        slot = _slot(hash_strings([name], self._key)[0], self._hashes, self._rows)
        row = int(self._rows[slot])
        return None if row == _FREE else row

    def locate(self, names: Sequence[str]) -> NDArray[np.int32]:
        """Rows of `names`, shape (len(names),); unseen names get the next rows."""
        self._reserve(len(names))
        hashes = hash_strings(names, self._key)
        rows = np.empty(len(names), dtype=np.int32)
        before = self._count
        self._count = _locate(hashes, self._hashes, self._rows, before, rows)
        # `np.unique` gives the first place of every row, and new rows were given in order
        new, at = np.unique(rows, return_index=True)
        for row, place in zip(new[new >= before], at[new >= before], strict=True):
            self._text += names[place].encode()
            self._ends[row] = len(self._text)
        return rows

    def state(self) -> State:
        """What `restore` needs."""
        rows = self._rows[held := self._rows != _FREE]
        hashes = np.empty(self._count, dtype=np.uint64)
        hashes[rows] = self._hashes[held]
        text = np.frombuffer(bytes(self._text), dtype=np.uint8)
        return State({"text": text, "ends": self._ends[: self._count], "hashes": hashes})

    def restore(self, state: State) -> None:
        """Hold the names of `state`, under the key under which they were hashed."""
        hashes = state.arrays["hashes"]
        self._text = bytearray(state.arrays["text"].tobytes())
        self._reserve(len(hashes) - self._count)
        self._ends[: len(hashes)] = state.arrays["ends"]
        self._count = len(hashes)
        self._rows[:] = _FREE
        _insert(hashes, np.arange(len(hashes), dtype=np.int32), self._hashes, self._rows)

    def _reserve(self, more: int) -> None:
        needed = self._count + more
        if needed > len(self._ends):
            ends = np.zeros(max(needed, len(self._ends) * 3 // 2), dtype=np.int64)
            ends[: self._count] = self._ends[: self._count]
            self._ends = ends
        capacity = len(self._rows)
        while needed > _FULL * capacity:
            capacity *= 2
        if capacity > len(self._rows):
            held = self._rows != _FREE
            hashes, rows = self._hashes[held], self._rows[held]
            self._hashes = np.zeros(capacity, dtype=np.uint64)
            self._rows = np.full(capacity, _FREE, dtype=np.int32)
            _insert(hashes, rows, self._hashes, self._rows)


@njit(cache=True, nogil=True)
def _slot(wanted: np.uint64, hashes: NDArray[np.uint64], rows: NDArray[np.int32]) -> np.uint64:
    mask = np.uint64(rows.shape[0] - 1)
    at = wanted & mask
    while rows[at] != _FREE and hashes[at] != wanted:
        at = (at + np.uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def _locate(
    wanted: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    count: int,
    out: NDArray[np.int32],
) -> int:
    for i in range(wanted.shape[0]):
        at = _slot(wanted[i], hashes, rows)
        if rows[at] == _FREE:
            hashes[at], rows[at] = wanted[i], count
            count += 1
        out[i] = rows[at]
    return count


@njit(cache=True, nogil=True)
def _insert(
    new_hashes: NDArray[np.uint64],
    new_rows: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
) -> None:
    for i in range(new_rows.shape[0]):
        at = _slot(new_hashes[i], hashes, rows)
        hashes[at], rows[at] = new_hashes[i], new_rows[i]
