"""Rows of accounts that have been silent for long: in the store, and until the next checkpoint here.

The store's rows are those of its last checkpoint, and change with it alone. Were they put away or removed at
another moment, a recovery would fold the frames since the checkpoint into the wrong row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.cold import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.store.interface import LeaderStore
    from detector.stream.patience import Patience


class ColdInStore:
    """`ColdRows` of one leader's term."""

    def __init__(self, store: LeaderStore, patience: Patience) -> None:
        self._store = store
        self._patience = patience
        self._put: dict[str, bytes] = {}
        self._taken: set[str] = set()

    @property
    def evicted(self) -> list[tuple[str, bytes]]:
        """What was put here since the last checkpoint, and is here still."""
        return sorted(self._put.items())

    @property
    def revived(self) -> list[str]:
        """Names of which the store may hold a row that counts no more."""
        return sorted(self._taken)

    def put(self, rows: Mapping[str, bytes]) -> None:
        """As `ColdRows.put`."""
        self._put |= packed(rows)
        self._taken -= rows.keys()

    def take(self, names: Sequence[str]) -> dict[str, bytes]:
        """As `ColdRows.take`; raises `StoreError`."""
        here = {name: self._put.pop(name) for name in names if name in self._put}
        away = [name for name in names if name not in here]
        found = here | self._patience.call(lambda: self._store.cold(away))
        self._taken.update(names)
        return unpacked({name: found[name] for name in names})

    def stored(self) -> None:
        """A checkpoint holds what was put and lacks what was taken."""
        self._put.clear()
        self._taken.clear()
