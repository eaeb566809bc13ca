"""How many members of each population are marked: counted anew only where marks or memberships changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from features.population.growth import reserved
from features.population.layout import FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MarkedMembers:
    """Counts the edges of a table that lead to marked accounts, under marks that change now and then."""

    def __init__(self) -> None:
        self._marked: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._edges = 0

    def count(
        self,
        marked: NDArray[np.bool_],
        populations: int,
        edges: NDArray[np.void],
        of_account: NDArray[np.int32],
    ) -> NDArray[np.int64]:
        """Marked members of each population, shape (populations,); a view that the next call changes.

        `marked` is by account. Since the last call only new edges may have come to `edges` and `of_account`,
        the table's. Takes time in proportion to these, and to the edges of accounts whose mark changed.
        """
        self._counts = reserved(self._counts, populations)
        self._marked = reserved(self._marked, len(marked))
        changed = np.flatnonzero(marked != self._marked[: len(marked)])
        _recount(changed, marked, edges, of_account, self._edges, self._counts)
        self._marked[: len(marked)] = marked
        self._edges = len(edges)
        return self._counts[:populations]


@njit(cache=True, nogil=True)
def _recount(
    changed: NDArray[np.int64],
    marked: NDArray[np.bool_],
    edges: NDArray[np.void],
    of_account: NDArray[np.int32],
    counted: int,
    counts: NDArray[np.int64],
) -> None:
    """Bring `counts` up to date, which hold the first `counted` edges under the marks before."""
    for account in changed:
        at = of_account[account] if account < of_account.shape[0] else FREE
        while at != FREE:
            if at < counted:
                counts[edges[at].population] += 1 if marked[account] else -1
            at = edges[at].next_population
    for number in range(counted, edges.shape[0]):
        edge = edges[number]
        if edge.population != FREE and edge.account < marked.shape[0] and marked[edge.account]:
            counts[edge.population] += 1
