"""From 64-bit keys to rows: open addressing with linear probing over two arrays."""

from __future__ import annotations

from array import array
from typing import Final

ABSENT: Final = -1
FULL: Final = 0.6
"""Share of slots in use from which the index doubles; probes stay short below it."""
_FIRST: Final = 1 << 10


def key_of(text: str) -> int:
    """A key of a text, never 0: Python's SipHash, whose secret differs from process to process.

    Two of a million names share one with a probability of 3e-8, and nobody can look for such names.
    """
    return hash(text) or 1


class HashIndex:
    """12 bytes a slot. A key is never 0; rows are below 2**31."""

    __slots__ = ("_keys", "_mask", "_most", "_rows", "count")

    def __init__(self, slots: int = _FIRST) -> None:
        """`slots` is a power of two."""
        self.count = 0
        self._keys = array("q", bytes(8 * slots))
        self._rows = array("i", bytes(4 * slots))
        self._mask = slots - 1
        self._most = int(slots * FULL)

    def get(self, key: int) -> int:
        """The row of a key, or `ABSENT`."""
        keys, mask = self._keys, self._mask
        at = key & mask
        while (found := keys[at]) != key:
            if not found:
                return ABSENT
            at = (at + 1) & mask
        return self._rows[at]

    def put(self, key: int, row: int) -> None:
        """Let a key lead to a row from now on."""
        at = self._slot(key)
        if not self._keys[at]:
            self.count += 1
            self._keys[at] = key
        self._rows[at] = row
        if self.count > self._most:
            self._double()

    def remove(self, key: int) -> None:
        """Forget a key, if it is there.

        Those behind it move up, so that no probe ends too early (Knuth, TAOCP 3, 6.4, algorithm R).
        """
        keys, rows, mask = self._keys, self._rows, self._mask
        hole = self._slot(key)
        if not keys[hole]:
            return
        self.count -= 1
        at = hole
        while True:
            keys[hole] = 0
            at = (at + 1) & mask
            while keys[at] and (at - keys[at]) & mask < (at - hole) & mask:
                at = (at + 1) & mask
            if not keys[at]:
                return
            keys[hole], rows[hole] = keys[at], rows[at]
            hole = at

    def nbytes(self) -> int:
        """Of the arrays."""
        return 12 * len(self._keys)

    def _slot(self, key: int) -> int:
        """Where a key is, or would be."""
        keys, mask = self._keys, self._mask
        at = key & mask
        while (found := keys[at]) and found != key:
            at = (at + 1) & mask
        return at

    def _double(self) -> None:
        keys, rows = self._keys, self._rows
        slots = 2 * len(keys)
        self._keys = array("q", bytes(8 * slots))
        self._rows = array("i", bytes(4 * slots))
        self._mask = slots - 1
        self._most = int(slots * FULL)
        for key, row in zip(keys, rows, strict=True):
            if key:
                at = self._slot(key)
                self._keys[at], self._rows[at] = key, row
