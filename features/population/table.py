"""The table of populations: objects, their requests and their members, bounded and without a Python object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.layout import ACCOUNT_ROW
from features.population.fold import EDGES, ROWS, SLOTS, enter_objects, fold_events
from features.population.layout import EDGE, FREE, GROUP, SLOT
from features.population.members import index_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK: Final = 4096
_FULL: Final = 0.7
_START: Final = 1 << 12


class PopulationTable:
    """Populations by row, in the order in which they came to be; events are folded a tick at a time."""

    def __init__(self, kinds: range, *, counted: bool, most_objects: int = 1 << 22) -> None:
        """Of the objects of `kinds`; their requests are counted in `states` where `counted`."""
        self.kinds = kinds
        self.states: NDArray[np.void] = np.zeros(_START if counted else 0, dtype=ACCOUNT_ROW)
        self.groups: NDArray[np.void] = np.zeros(_START, dtype=GROUP)
        self.edges: NDArray[np.void] = np.zeros(_START, dtype=EDGE)
        self.of_account: NDArray[np.int32] = np.full(_START, FREE, dtype=np.int32)
        self._slots: NDArray[np.void] = np.zeros(_START, dtype=SLOT)
        self._pairs: NDArray[np.int32] = np.full(_START, FREE, dtype=np.int32)
        self._used: NDArray[np.int64] = np.zeros(3, dtype=np.int64)
        self._most_objects = most_objects

    def __len__(self) -> int:
        return int(self._used[ROWS])

    def fold(
        self,
        rows: NDArray[np.void],
        sketches: NDArray[np.void],
        origins: NDArray[np.int32],
        order: NDArray[np.int64],
        accounts: int,
    ) -> NDArray[np.int32]:
        """Fold the events of a tick in `order` of time; `rows["account"]` is below `accounts`.

        `origins` is what `ServedAnswers.trace` found of them. Returns the populations that each event is
        of, shape (n, kinds), FREE where it is of none.
        """
        self.of_account = _grown(self.of_account, accounts, FREE)
        out = np.full((len(rows), len(self.kinds)), FREE, dtype=np.int32)
        ends = (self.kinds.start, self.kinds.stop)
        for some in np.array_split(order, -(-len(order) // _CHUNK)):
            self._reserve(len(some) * len(self.kinds))
            fold_events(
                rows, sketches, origins, some, ends, self._slots, self.states, self.groups, self.edges,
                self._pairs, self.of_account, self._used, out,
            )  # fmt: skip
        return out

    def _reserve(self, more: int) -> None:
        rows, edges, slots = (int(self._used[what]) for what in (ROWS, EDGES, SLOTS))
        if rows + more > len(self.groups):
            self.groups = _grown(self.groups, rows + more)
            if len(self.states):
                self.states = _grown(self.states, rows + more)
        if edges + 3 * more > len(self.edges):
            self.edges = _grown(self.edges, edges + 3 * more)
        if edges + 3 * more > _FULL * len(self._pairs):
            self._pairs = np.full(_size(edges + 3 * more), FREE, dtype=np.int32)
            index_edges(self.edges, edges, self._pairs)
        if slots + more > _FULL * len(self._slots):
            self._rehash(more)

    def _rehash(self, more: int) -> None:
        """Grow the objects' table; past its limit, forget the lone objects that were not shown for longest."""
        kept = self._slots[self._slots["key"] != 0]
        lone = kept["row"] == FREE
        if len(kept) + more > self._most_objects:
            order = np.argsort(np.where(lone, -kept["day"], np.iinfo(np.int32).min), kind="stable")
            kept = kept[order[: max(int((~lone).sum()), self._most_objects // 2)]]
        self._slots = np.zeros(_size(len(kept) + more), dtype=SLOT)
        enter_objects(kept, self._slots)
        self._used[SLOTS] = len(kept)


def _size(needed: int) -> int:
    """The power of two that leaves a table half empty or more."""
    return 1 << int(np.ceil(np.log2(needed / _FULL * 1.5)))


def _grown(table: NDArray[np.void], needed: int, fill: int = 0) -> NDArray[np.void]:
    if needed <= len(table):
        return table
    grown: NDArray[np.void] = np.zeros(max(needed, 2 * len(table)), dtype=table.dtype)
    if fill:
        grown[len(table) :] = fill
    grown[: len(table)] = table
    return grown
