"""The ledger: what all events so far come to, by account and by what accounts have in common.

It depends on the events of each tick and on the order of the ticks, never on who read the events or how
they were cut into batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.cold import ColdMemory
from features.account.decay import decay
from features.account.fold import DAY, canonical_order, fold, time_order
from features.account.table import AccountTable
from features.population.layout import FREE, MEANS, WORDS
from features.population.provenance import ServedAnswers
from features.population.table import PopulationTable
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.cold import ColdRows
    from detector.pending import Chunk
    from features.hashing import HashKey

HALF_LIFE: Final = 14 * 86_400_000
"""An account's counters are halved once in this time (ms)."""
REMEMBER: Final = 14
"""What accounts share is forgotten when it was not shown for so many days."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A closed tick. Its account rows hold everything that was available at `end`, and nothing later."""

    end: int
    """ms since the epoch"""
    accounts: NDArray[np.int64]
    """the rows of the account table that changed, ascending"""
    populations: NDArray[np.int64]
    """the rows of the table of shared words that changed, ascending"""
    rows: NDArray[np.void]
    """the tick's events, dtype EVENT_ROW"""
    sketches: NDArray[np.void]
    """of each event, dtype SKETCH_ROW"""
    shared: NDArray[np.int32]
    """populations of shared words that each event is of, shape (n, kinds), FREE where it is of none"""
    renumbered: NDArray[np.int32] | None
    """new row of each population of shared words, FREE where it was forgotten; None: nothing was"""

    @property
    def events(self) -> int:
        """How many events became available in the tick."""
        return len(self.rows)


class Ledger:
    """Accounts, words and means as they are after the last tick that was folded."""

    def __init__(
        self,
        key: HashKey,
        half_life: int = HALF_LIFE,
        remember: int | None = REMEMBER,
        cold: ColdRows | None = None,
    ) -> None:
        """Halve counters every `half_life` ms, and forget what is shared after `remember` days.

        `cold` takes the rows of accounts that are put away; None: the memory of this process.
        """
        self.key = key
        self._cold = cold if cold is not None else ColdMemory()
        self.accounts = AccountTable(key)
        self.words = PopulationTable(WORDS, counted=True)
        self.means = PopulationTable(MEANS, counted=False)
        self._served = ServedAnswers()
        self._half_life = half_life
        self._remember = remember
        self._day: int | None = None

    def fold(self, chunk: Chunk, end: int) -> Tick:
        """Fold the events of one tick, which ended at `end` (ms)."""
        rows, sketches = chunk.rows, chunk.sketches
        order = time_order(rows)
        rows["account"][order] = self._locate(rows["account"][order], chunk.names)
        renumbered = self._forget(end // DAY)
        touched = np.unique(rows["account"]).astype(np.int64)
        self._bring_back(touched)
        decay(self.accounts.rows, touched, end, self._half_life)
        fold(self.accounts.rows, rows, sketches, canonical_order(rows))
        shared = self._share(rows, sketches, order)
        populations = np.unique(shared[shared != FREE]).astype(np.int64)
        decay(self.words.states, populations, end, self._half_life)
        return Tick(end, touched, populations, rows, sketches, shared, renumbered)

    def put_away(self, accounts: NDArray[np.int64]) -> None:
        """Keep the rows of `accounts`, ascending, elsewhere until these are heard of again.

        None of them may have a part in a population: accounts that were silent for as long as what is
        shared is remembered have none.
        """
        names = [self.accounts.names[int(account)] for account in accounts]
        self._cold.put(dict(zip(names, self.accounts.put_away(accounts), strict=True)))

    def bring_all_back(self) -> None:
        """Have every row at hand, to look at all accounts at the end of a log."""
        self._bring_back(np.arange(len(self.accounts)))

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Rows and bytes of each table."""
        return {
            "accounts": (len(self.accounts), self.accounts.nbytes),
            "words": (len(self.words), self.words.nbytes),
            "means": (len(self.means), self.means.nbytes),
            "served": (len(self._served), self._served.nbytes),
        }

    def state(self) -> State:
        """What `restore` needs."""
        parts = {
            "accounts": self.accounts.state(),
            "words": self.words.state(),
            "means": self.means.state(),
            "served": self._served.state(),
        }
        return State(facts={"day": self._day}, parts=parts)

    def restore(self, state: State) -> None:
        """Go on from `state`, which a ledger under the same key and settings gave."""
        self._day = state.facts["day"]
        self.accounts.restore(state.parts["accounts"])
        self.words.restore(state.parts["words"])
        self.means.restore(state.parts["means"])
        self._served.restore(state.parts["served"])

    def _locate(self, codes: NDArray[np.int32], names: Sequence[str]) -> NDArray[np.int32]:
        """Rows of the accounts `names[codes]`; new ones get theirs in this order, whatever their batches."""
        found, first, place = np.unique(codes, return_index=True, return_inverse=True)
        arrival = np.argsort(first)
        rows = np.empty(len(found), dtype=np.int32)
        rows[arrival] = self.accounts.locate([names[code] for code in found[arrival]])
        return rows[place]

    def _bring_back(self, accounts: NDArray[np.int64]) -> None:
        away = accounts[self.accounts.away[accounts]]
        if len(away):
            names = [self.accounts.names[int(account)] for account in away]
            rows = self._cold.take(names)
            self.accounts.bring_back(away, [rows[name] for name in names])

    def _forget(self, day: int) -> NDArray[np.int32] | None:
        """Once a day of event time: what nobody has shown for long goes."""
        if self._remember is None or day == self._day:
            return None
        first = self._day is None
        self._day = day
        if first:
            return None
        self.means.forget(day - self._remember)
        self._served.forget(day - self._remember)
        return self.words.forget(day - self._remember)

    def _share(
        self, rows: NDArray[np.void], sketches: NDArray[np.void], order: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Fold events into the populations of what they have in common with those of other accounts."""
        origins = self._served.trace(rows, sketches, order)
        self.means.fold(rows, sketches, origins, order, len(self.accounts))
        return self.words.fold(rows, sketches, origins, order, len(self.accounts))
