"""Bans that others decided: they tell who was replaced, and are never evidence against anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from features.account.names import NameIndex
    from features.batch import Lifecycle


class Bans:
    """When accounts were banned and admitted again."""

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._unseen: dict[str, list[tuple[int, bool]]] = {}
        self._records: dict[int, list[tuple[int, bool]]] = {}

    def add(self, records: Iterable[Lifecycle]) -> None:
        """Take note of some records; others than bans and unbans are passed over."""
        for record in records:
            if record.kind in {"ban", "unban"}:
                self._unseen.setdefault(record.subject, []).append((record.time, record.kind == "ban"))
        self._resolve()

    def at(self, now: int) -> NDArray[np.int64]:
        """When each account that is banned at `now` (ms) was banned, shape (accounts,); 0 for the others."""
        self._resolve()
        out = np.zeros(len(self._names), dtype=np.int64)
        for row, found in self._records.items():
            past = [record for record in found if record[0] <= now]
            out[row] = past[-1][0] if past and past[-1][1] else 0
        return out

    def _resolve(self) -> None:
        """Records of accounts that have sent a request by now; the others wait for one."""
        for name in list(self._unseen):
            if (row := self._names.find(name)) is not None:
                self._records.setdefault(row, []).extend(self._unseen.pop(name))
                self._records[row].sort()
