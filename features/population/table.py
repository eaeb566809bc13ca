"""The table of populations: objects, their requests and their members, without a Python object for any.

Events are rows and sketches of a fixed size. So one process can fold the object touches of many workers: each
sends the rows and sketches of what it has read, and a leader folds them. The table then depends on nothing
but the events in their order, by when they became available and then by id, and on the numbers of the
accounts; how events were cut into ticks and batches, or who read them, does not matter until something is
forgotten. What is forgotten depends on event time and on numbers of objects, never on a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.account.layout import ACCOUNT_ROW
from features.population.compaction import kept_edges, kept_objects, newest_objects, renumbered
from features.population.fold import fold_events
from features.population.growth import reserved
from features.population.layout import EDGE, EDGES, FREE, GROUP, ROWS, SLOT, SLOTS, Tables
from features.population.marked import MarkedMembers
from features.population.members import index_edges, mark_members, members_of, rejoin
from features.population.slots import FULL, START, enter_objects, places
from features.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK: Final = 4096
_EDGES_EACH: Final = 3


class PopulationTable:
    """Populations by row, in the order in which they came to be; events are folded a tick at a time."""

    def __init__(
        self, kinds: range, *, counted: bool, most_members: int = 4096, most_lone: int = 1 << 22
    ) -> None:
        """Of the objects of `kinds`; their requests are counted in `states` where `counted`.

        An object of MEANS that more than `most_members` accounts show is a popular program, a NAT or an exit
        of a VPN: it links nobody and is dropped. Of more than about `most_lone` objects that are no
        populations, the half shown last is kept.
        """
        self.kinds = kinds
        self.counted = counted
        self._most_members = most_members
        self._most_lone = most_lone
        # zeros, not empty: the system gives memory for a page when it is first written
        self._tables = Tables(
            slots=np.zeros(START, dtype=SLOT),
            pairs=np.full(START, FREE, dtype=np.int32),
            states=np.zeros(START if counted else 0, dtype=ACCOUNT_ROW),
            groups=np.zeros(START, dtype=GROUP),
            edges=np.zeros(START, dtype=EDGE),
            of_account=np.full(START, FREE, dtype=np.int32),
            used=np.zeros(3, dtype=np.int64),
        )
        self._marked = MarkedMembers()

    def __len__(self) -> int:
        return int(self._tables.used[ROWS])

    @property
    def states(self) -> NDArray[np.void]:
        """Requests of each population as if of one account, dtype ACCOUNT_ROW; empty where not counted.

        This and the other arrays are views that the next `fold` or `forget` may leave behind.
        """
        return self._tables.states[: len(self)]

    @property
    def groups(self) -> NDArray[np.void]:
        """What only several accounts have in common, dtype GROUP, shape (len(self),)."""
        return self._tables.groups[: len(self)]

    @property
    def edges(self) -> NDArray[np.void]:
        """Members of populations, dtype EDGE; `population` is FREE in those that are no longer used."""
        return self._tables.edges[: int(self._tables.used[EDGES])]

    @property
    def of_account(self) -> NDArray[np.int32]:
        """The newest edge of each account that was folded, or FREE."""
        return self._tables.of_account

    def members(self, population: int) -> NDArray[np.int64]:
        """Rows of the accounts in a population, the newest member first."""
        accounts: NDArray[np.int32] = self.edges["account"][members_of(population, self.groups, self.edges)]
        return accounts.astype(np.int64)

    def members_of_any(self, populations: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Rows of the accounts in any of `populations`, ascending."""
        among = np.zeros(len(self.of_account), dtype=np.bool_)
        mark_members(np.unique(populations), self.groups, self.edges, among)
        return np.flatnonzero(among)

    def marked_members(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many members of each population are `marked`, which is by account, shape (len(self),).

        A view that the next call changes. Takes time in proportion to what changed since the last one.
        """
        return self._marked.count(marked, len(self), self.edges, self.of_account)

    @property
    def nbytes(self) -> int:
        """Bytes in use; the system gives no memory for rows and edges that were not written yet."""
        tables = self._tables
        written = (self.states, self.groups, self.edges, tables.slots, tables.pairs, tables.of_account)
        return sum(array.nbytes for array in written)

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
        self._tables = self._tables._replace(of_account=reserved(self._tables.of_account, accounts, FREE))
        out = np.full((len(rows), len(self.kinds)), FREE, dtype=np.int32)
        ends = (self.kinds.start, self.kinds.stop)
        for start in range(0, len(order), _CHUNK):
            some = order[start : start + _CHUNK]
            self._reserve(len(some) * len(self.kinds))
            fold_events(self._tables, rows, sketches, origins, some, ends, self._most_members, out)
        return out

    def forget(self, before_day: int) -> NDArray[np.int32]:
        """Forget objects, populations and memberships that were last shown before a day since the epoch.

        Counts of members are then of those that stay; what was counted of requests stays as it is. Rows are
        numbered anew in their old order: returns the new row of each old one, shape (len before,), FREE where
        it is gone. Takes time in proportion to the whole table.
        """
        old = self._tables
        objects = kept_objects(old.slots, before_day)
        rows = renumbered(len(self), objects["row"][objects["row"] >= 0])
        there = objects["row"] >= 0
        objects["row"][there] = rows[objects["row"][there]]
        edges = kept_edges(self.edges, before_day)
        edges["population"] = rows[edges["population"]]
        self._compact(objects, edges, rows != FREE)
        return rows

    def state(self) -> State:
        """What `restore` needs; the index of edges is made anew."""
        tables = self._tables
        return State(
            {
                "slots": tables.slots,
                "states": self.states,
                "groups": self.groups,
                "edges": self.edges,
                "of_account": tables.of_account,
                "used": tables.used,
            }
        )

    def restore(self, state: State) -> None:
        """Hold the populations of `state`, which a table of the same kinds gave."""
        self._tables = self._tables._replace(**state.arrays)
        self._index_edges(0)

    def _compact(self, objects: NDArray[np.void], edges: NDArray[np.void], kept: NDArray[np.bool_]) -> None:
        old = self._tables
        # compress copies wide rows many times faster than a mask does
        groups = np.compress(kept, self.groups)
        states = np.compress(kept, self.states) if self.counted else old.states
        of_account = np.full_like(old.of_account, FREE)
        rejoin(groups, edges, of_account)
        used = np.array([len(groups), len(edges), 0], dtype=np.int64)
        self._tables = Tables(old.slots, old.pairs, states, groups, edges, of_account, used)
        self._index_edges(0)
        self._enter_objects(objects, 0)

    def _reserve(self, more: int) -> None:
        tables = self._tables
        rows, edges, slots = (int(tables.used[what]) for what in (ROWS, EDGES, SLOTS))
        self._tables = tables._replace(
            groups=reserved(tables.groups, rows + more),
            states=reserved(tables.states, rows + more) if self.counted else tables.states,
            edges=reserved(tables.edges, edges + _EDGES_EACH * more),
        )
        if edges + _EDGES_EACH * more > FULL * len(tables.pairs):
            self._index_edges(_EDGES_EACH * more)
        if slots + more > FULL * len(tables.slots):
            self._enter_objects(newest_objects(tables.slots, self._most_lone), more)

    def _index_edges(self, more: int) -> None:
        self._marked = MarkedMembers()  # edges may be others than before
        pairs = np.full(places(len(self.edges) + more), FREE, dtype=np.int32)
        index_edges(self.edges, pairs)
        self._tables = self._tables._replace(pairs=pairs)

    def _enter_objects(self, objects: NDArray[np.void], more: int) -> None:
        slots: NDArray[np.void] = np.zeros(places(len(objects) + more), dtype=SLOT)
        enter_objects(objects, slots)
        self._tables.used[SLOTS] = len(objects)
        self._tables = self._tables._replace(slots=slots)
