"""What is thought of every population of shared words, and which changed enough to look at its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.attachment import LOWEST
from features.population.growth import reserved
from features.population.layout import FREE
from features.population.vector import vectors
from features.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.account.table import AccountTable
    from features.population.table import PopulationTable
    from models.population import PopulationScorer

GROWTH: Final = 4
"""A population is scored again when it has made this part more requests."""

_FIRST: Final = 4
"""Requests of a population before it says anything."""
_MOVED: Final = 0.5
_UNREMARKABLE: Final = -3.0
_NEARLY: Final = -1.1
"""Odds of one to three."""
_MANY: Final = 5
_CHUNK: Final = 16_384


_SCORE: Final = np.dtype(
    [
        ("logit", "<f8"),
        ("relay", "<f8"),
        ("told", "<f8"),  # the log-odds when members were last looked at
        ("scored", "<i8"),  # requests, when it was last scored
    ]
)
_UNSCORED: Final = (LOWEST, LOWEST, LOWEST, 0)


class PopulationScores:
    """Log-odds of distillation of each population, by row of the table of shared words."""

    def __init__(self, words: PopulationTable, accounts: AccountTable, scorer: PopulationScorer) -> None:
        self._words = words
        self._accounts = accounts
        self._scorer = scorer
        self._scores: NDArray[np.void] = np.zeros(0, dtype=_SCORE)
        self._flags: NDArray[np.bool_] | None = None

    @property
    def logits(self) -> NDArray[np.float64]:
        """Log-odds, shape (populations,); LOWEST where there was too little to score."""
        self._reserve()
        logits: NDArray[np.float64] = self._scores["logit"][: len(self._words)]
        return logits

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Populations held to be a campaign's: more likely so than not, or many accounts and nearly so.

        As of the last `update`, shape (populations,); a view that the next one changes.
        """
        populations = len(self._words)
        if self._flags is None:
            self._flags = self._held(np.arange(populations))
        self._flags = reserved(self._flags, populations)
        return self._flags[:populations]

    def update(self, touched: NDArray[np.int64]) -> NDArray[np.int64]:
        """Score the populations of a tick that grew; those whose score moved where that matters."""
        self._reserve()
        kept = self._scores
        requests, scored = self._words.groups["events"][touched], kept["scored"][touched]
        due = touched[(requests - scored >= np.maximum(scored // GROWTH, 1)) & (requests >= _FIRST)]
        self._score(due)
        self.flagged[touched] = self._held(touched)
        now, told = kept["logit"][due], kept["told"][due]
        matters = (np.abs(now - told) >= _MOVED) & (np.maximum(now, told) >= _UNREMARKABLE)
        moved: NDArray[np.int64] = due[matters]
        kept["told"][moved] = kept["logit"][moved]
        return moved

    def renumber(self, rows: NDArray[np.int32]) -> None:
        """Follow the table when it forgot: `rows` are the new rows of old ones, FREE where they are gone."""
        kept = self._scores[: len(rows)][rows[: len(self._scores)] != FREE]
        self._scores, self._flags = kept, None

    def state(self) -> State:
        """What `restore` needs."""
        self._reserve()
        return State({"scores": self._scores[: len(self._words)]})

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._scores, self._flags = state.arrays["scores"], None

    def settle(self) -> None:
        """Bring every score up to date, at the end of a log."""
        self._reserve()
        self._score(np.flatnonzero(self._words.groups["events"] >= _FIRST))
        self._flags = None

    def _held(self, some: NDArray[np.int64]) -> NDArray[np.bool_]:
        logits, members = self.logits[some], self._words.groups["members"][some]
        held: NDArray[np.bool_] = (logits > 0) | ((logits > _NEARLY) & (members >= _MANY))
        return held

    def _score(self, due: NDArray[np.int64]) -> None:
        for some in np.array_split(due, len(due) // _CHUNK + 1):
            found = vectors(self._words, self._accounts.rows, some)
            self._scores["logit"][some], self._scores["relay"][some] = self._scorer.logits(found)
            self._scores["scored"][some] = self._words.groups["events"][some]

    def _reserve(self) -> None:
        self._scores = reserved(self._scores, len(self._words), _UNSCORED)
