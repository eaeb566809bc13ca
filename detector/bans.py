"""Bans that others decided: they tell who was replaced, and are never evidence against anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from features.population.growth import reserved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from features.account.names import NameIndex
    from features.batch import Lifecycle


class Bans:
    """When accounts were banned and admitted again.

    What holds moves on with time: a tick takes time in proportion to the records that it passes and to its
    new accounts; one that learns of records, in proportion to all of them.
    """

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._unseen: dict[str, list[tuple[int, int]]] = {}
        self._looked = 0
        # A record each, in order of time: when, whose (account row), and the ban that begins, 0 for none.
        self._times: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._rows: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._since: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._past = 0
        self._standing: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, records: Iterable[Lifecycle]) -> None:
        """Take note of some records; others than bans and unbans are passed over."""
        seen: list[tuple[int, int, int]] = []
        for record in records:
            if record.kind not in {"ban", "unban"}:
                continue
            told = record.time, record.time if record.kind == "ban" else 0
            row = self._names.find(record.subject)
            if row is None:
                self._unseen.setdefault(record.subject, []).append(told)
            else:
                seen.append((row, *told))
        self._insert(seen)

    def at(self, now: int) -> NDArray[np.int64]:
        """When each account that is banned at `now` (ms) was banned, shape (accounts,); 0 for the others.

        What is returned holds until the next call. It takes longest where `now` is before the last one.
        """
        self._resolve()
        self._standing = reserved(self._standing, len(self._names))
        past = int(np.searchsorted(self._times, now, side="right"))
        if past < self._past:
            self._standing[:] = 0
            self._past = 0
        rows, since = (told[self._past : past][::-1] for told in (self._rows, self._since))
        # of several records of an account the last one holds
        whose, at = np.unique(rows, return_index=True)
        self._standing[whose] = since[at]
        self._past = past
        return self._standing[: len(self._names)]

    def _resolve(self) -> None:
        """Records of accounts that sent their first request since; the others wait for one."""
        new = range(self._looked, len(self._names)) if self._unseen else ()
        arrived = {row: self._unseen.pop(name) for row in new if (name := self._names[row]) in self._unseen}
        self._looked = len(self._names)
        self._insert([(row, *told) for row, records in arrived.items() for told in records])

    def _insert(self, records: list[tuple[int, int, int]]) -> None:
        """Put (row, time, ban) in their places; all count anew."""
        if not records:
            return
        rows, times, since = np.array(records, dtype=np.int64).T
        times, since = np.concatenate([self._times, times]), np.concatenate([self._since, since])
        rows = np.concatenate([self._rows, rows])
        order = np.lexsort((since, times))
        self._times, self._rows, self._since = times[order], rows[order], since[order]
        self._standing[:] = 0
        self._past = 0
