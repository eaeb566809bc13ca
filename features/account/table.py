"""The table of accounts: a name's row, made when the name is first seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.layout import ACCOUNT_ROW
from features.account.memory import RowMemory
from features.account.names import NameIndex
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.hashing import HashKey

_START: Final = 1024


class AccountTable:
    """Rows of `ACCOUNT_ROW` and the names they belong to, in the order in which they were first seen."""

    def __init__(self, key: HashKey) -> None:
        self.names = NameIndex(key)
        self._memory = RowMemory(_START, ACCOUNT_ROW)
        self._away: NDArray[np.bool_] = np.zeros(_START, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def rows(self) -> NDArray[np.void]:
        """The state of every account, shape (len(self),); a view that the next `locate` may leave behind."""
        return self._memory.rows[: len(self.names)]

    @property
    def away(self) -> NDArray[np.bool_]:
        """Which rows were put away, and are zero meanwhile, shape (len(self),)."""
        return self._away[: len(self.names)]

    @property
    def nbytes(self) -> int:
        """Bytes of rows that were not put away, without names."""
        return int(len(self) - np.count_nonzero(self.away)) * ACCOUNT_ROW.itemsize

    def locate(self, names: Sequence[str]) -> NDArray[np.int32]:
        """Rows of `names`, shape (len(names),); unseen names get the next rows."""
        found = self.names.locate(names)
        if len(self.names) > len(self._away):
            self._grow(max(len(self._away) + len(self._away) // 2, len(self.names)))
        return found

    def put_away(self, accounts: NDArray[np.int64]) -> list[bytes]:
        """The rows of `accounts`, ascending and none of them away; their memory is given back."""
        rows = self.rows[accounts]
        self._memory.release(accounts)
        self._away[accounts] = True
        return [row.tobytes() for row in rows]

    def bring_back(self, accounts: NDArray[np.int64], rows: Sequence[bytes]) -> None:
        """Put rows back where `put_away` took them."""
        if len(accounts):
            self.rows[accounts] = np.frombuffer(b"".join(rows), dtype=ACCOUNT_ROW)
            self._away[accounts] = False

    def state(self) -> State:
        """What `restore` needs."""
        return State({"rows": self.rows, "away": self.away}, parts={"names": self.names.state()})

    def restore(self, state: State) -> None:
        """Hold the accounts of `state`."""
        self.names.restore(state.parts["names"])
        self._memory, self._away = RowMemory(0, ACCOUNT_ROW), np.zeros(0, dtype=np.bool_)
        self._hold(max(len(self.names), _START), state.arrays["rows"], state.arrays["away"])

    def _grow(self, capacity: int) -> None:
        self._hold(capacity, self._memory.rows, self._away)

    def _hold(self, capacity: int, rows: NDArray[np.void], away: NDArray[np.bool_]) -> None:
        """Move to a larger memory; what is away is not copied, or its pages would be there again."""
        memory = RowMemory(capacity, ACCOUNT_ROW)
        present = np.flatnonzero(~away)
        memory.rows[present] = rows[present]
        self._memory = memory
        self._away = np.concatenate([away, np.zeros(capacity - len(away), dtype=np.bool_)])
