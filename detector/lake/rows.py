"""What was taken of ticks and is not written yet: numbers only, so that a checkpoint can hold it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.plain import joined_rows
from features.population.layout import WORDS
from features.population.vector import FEATURES as POPULATION_FEATURES
from features.rows import EVENT_ROW, SKETCH_ROW
from features.scored import OWN
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ACCOUNT: Final = np.dtype(
    [
        ("end", "<i8"),
        ("account", "<i4"),
        ("parts", "<i4"),  # how many of them
        ("org", "<u8"),
        ("plan", "<u8"),
        ("client", "<u8"),
        ("requests", "<i8"),
        ("vector", "<f8", (OWN,)),
    ]
)
PART: Final = np.dtype(
    [
        ("population", "<u8"),
        ("kind", "<i4"),
        ("count", "<i4"),
        ("members", "<i4"),
        ("shown", "<i4"),
        ("share", "<f4"),
        ("relative", "<f4"),
    ]
)
POPULATION: Final = np.dtype(
    [
        ("end", "<i8"),
        ("population", "<u8"),
        ("number", "<i4"),
        ("members", "<i4"),
        ("requests", "<i4"),
        ("shown", "<i4"),
        ("shares", "<i4"),  # how many of them
        ("vector", "<f8", (len(POPULATION_FEATURES),)),
    ]
)
SHARE: Final = np.dtype([("account", "<i4"), ("requests", "<i4")])
SHOWN: Final = np.dtype([("end", "<i8"), ("populations", "<u8", (len(WORDS),))])


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in order of their ticks; accounts by their row in the ledger."""

    accounts: NDArray[np.void]
    parts: NDArray[np.void]
    """of each account in turn"""
    populations: NDArray[np.void]
    shares: NDArray[np.void]
    """of each population in turn"""
    events: NDArray[np.void]
    """dtype EVENT_ROW"""
    sketches: NDArray[np.void]
    """of each event, dtype SKETCH_ROW"""
    shown: NDArray[np.void]
    """of each event"""

    def since(self, end: int) -> Rows:
        """Those of ticks that ended later than `end` (ms)."""
        return self._between(*self._at(end), None)

    def until(self, end: int) -> Rows:
        """Those of ticks that ended at `end` (ms) or before."""
        return self._between(0, 0, 0, self._at(end))

    def ends(self) -> NDArray[np.int64]:
        """Ends of the ticks that there are rows of, ascending."""
        return np.unique(
            np.concatenate([self.accounts["end"], self.populations["end"], self.shown["end"]])
        ).astype(np.int64)

    def state(self) -> State:
        """What `of` needs."""
        return State({name: getattr(self, name) for name in _DTYPES})

    @classmethod
    def of(cls, state: State) -> Rows:
        """The rows of `state`."""
        return cls(**{name: state.arrays[name] for name in _DTYPES})

    def _at(self, end: int) -> tuple[int, int, int]:
        tables = (self.accounts, self.populations, self.shown)
        a, p, e = (int(np.searchsorted(table["end"], end, side="right")) for table in tables)
        return a, p, e

    def _between(self, a: int, p: int, e: int, to: tuple[int, int, int] | None) -> Rows:
        b, q, f = to or (len(self.accounts), len(self.populations), len(self.shown))
        of_accounts, of_populations = self.accounts["parts"], self.populations["shares"]
        parts = slice(int(of_accounts[:a].sum()), int(of_accounts[:b].sum()))
        shares = slice(int(of_populations[:p].sum()), int(of_populations[:q].sum()))
        return Rows(
            self.accounts[a:b], self.parts[parts], self.populations[p:q], self.shares[shares],
            self.events[e:f], self.sketches[e:f], self.shown[e:f],
        )  # fmt: skip


_DTYPES: Final[dict[str, np.dtype[Any]]] = dict(
    zip(
        (field.name for field in fields(Rows)),
        (ACCOUNT, PART, POPULATION, SHARE, EVENT_ROW, SKETCH_ROW, SHOWN),
        strict=True,
    )
)


def joined(pieces: Sequence[Rows]) -> Rows:
    """The rows of all `pieces`, one after the other."""
    return Rows(
        **{
            name: joined_rows([getattr(piece, name) for piece in pieces], dtype)
            for name, dtype in _DTYPES.items()
        }
    )
