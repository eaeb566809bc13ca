"""The table of accounts: a name's row, made when the name is first seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.layout import ACCOUNT_ROW
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
        # zeros, not empty: the system gives memory for a page when it is first written
        self._rows: NDArray[np.void] = np.zeros(_START, dtype=ACCOUNT_ROW)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def rows(self) -> NDArray[np.void]:
        """The state of every account, shape (len(self),); a view that the next `locate` may leave behind."""
        return self._rows[: len(self.names)]

    @property
    def nbytes(self) -> int:
        """Bytes of rows in use, without names."""
        return self.rows.nbytes

    def locate(self, names: Sequence[str]) -> NDArray[np.int32]:
        """Rows of `names`, shape (len(names),); unseen names get the next rows."""
        found = self.names.locate(names)
        if len(self.names) > len(self._rows):
            self._grow(len(self.names))
        return found

    def state(self) -> State:
        """What `restore` needs."""
        return State({"rows": self.rows}, parts={"names": self.names.state()})

    def restore(self, state: State) -> None:
        """Hold the accounts of `state`."""
        self.names.restore(state.parts["names"])
        self._rows = state.arrays["rows"]

    def _grow(self, needed: int) -> None:
        capacity = max(len(self._rows) + len(self._rows) // 2, needed)
        rows: NDArray[np.void] = np.zeros(capacity, dtype=ACCOUNT_ROW)
        rows[: len(self._rows)] = self._rows
        self._rows = rows
