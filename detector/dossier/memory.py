"""What the leader remembers of what was shown, so that it shows what changed, and again after a restart."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.dossier.records import Moment  # noqa: TC001 - msgspec looks it up
from features.population.growth import reserved
from features.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOMENTS: Final = 64
"""Kept of a campaign, the latest."""
LATER, NOW, FIRST = 1, 2, 3
"""How soon a dossier is due: with the next round, now, or before those of now; 0: it is not."""

NOTE: Final = np.dtype(
    [
        ("due", "i1"),
        ("standing", "<u4"),  # what it stood under when its dossier was last written
        ("leaked", "<i4"),  # answered requests at the first alert
        ("total", "<i4"),  # requests when its dossier was last written
        ("hour", "<i4"),  # of event time since the epoch, when that was; 0: never
    ]
)


class Remembered(msgspec.Struct):
    """Of a campaign."""

    status: str = ""
    """empty: never seen"""
    merged: tuple[str, ...] = ()
    taken_up: int = 0
    moments: tuple[Moment, ...] = ()
    share: float = 0.0
    """of its members' requests, in what they have in common, when that was last looked at"""
    total: int = 0
    """requests of its members when its dossier was last written"""
    hour: int = 0


@dataclass(slots=True)
class Memory:
    """Of accounts by row, and of campaigns by id."""

    notes: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, NOTE))
    campaigns: dict[str, Remembered] = field(default_factory=dict)
    members: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """account rows of each campaign, those before it was cleared"""
    due: set[str] = field(default_factory=set)
    """campaigns whose dossiers are due"""
    waiting: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """accounts whose dossiers are due, ascending"""
    round: int = -1
    """the last that began"""

    def reserve(self, accounts: int) -> None:
        """There are so many accounts."""
        self.notes = reserved(self.notes, accounts)

    def mark(self, rows: NDArray[np.int64], ranks: NDArray[np.int8]) -> None:
        """Dossiers of accounts are due as soon as `ranks`, shape (len(rows),), or as soon as they were."""
        self.notes["due"][rows] = np.maximum(self.notes["due"][rows], ranks)
        self.waiting = np.union1d(self.waiting, rows[ranks > 0])

    def begin(self, number: int) -> None:
        """A round begins: accounts that waited for it are due now."""
        self.round = number
        self.notes["due"][self.waiting] = np.maximum(self.notes["due"][self.waiting], NOW)

    def take(self, most: int) -> NDArray[np.int64]:
        """At most so many accounts that are due now, which are not from here on."""
        ranks = self.notes["due"][self.waiting]
        now = np.flatnonzero(ranks >= NOW)
        rows = self.waiting[now[np.argsort(-ranks[now], kind="stable")[:most]]]
        self.notes["due"][rows] = 0
        self.waiting = self.waiting[self.notes["due"][self.waiting] > 0]
        return rows

    def add(self, campaign_id: str, moments: list[Moment]) -> None:
        """Remember what happened to a campaign."""
        kept = self.campaigns[campaign_id]
        new = [one for one in moments if one not in kept.moments]
        kept.moments = (*kept.moments, *new)[-MOMENTS:]

    def state(self) -> State:
        """What `of` needs."""
        rows = np.concatenate([np.zeros(0, np.int64), *self.members.values()])
        facts = {
            "campaigns": msgspec.to_builtins(self.campaigns),
            "members": [[name, len(some)] for name, some in self.members.items()],
            "due": sorted(self.due),
            "round": self.round,
        }
        return State({"notes": self.notes, "members": rows}, facts)

    @classmethod
    def of(cls, state: State) -> Memory:
        """The memory of which `state` was taken."""
        counts = state.facts["members"]
        cuts = np.cumsum([count for _, count in counts])[:-1]
        parts = np.split(state.arrays["members"], cuts) if counts else []
        return cls(
            state.arrays["notes"],
            msgspec.convert(state.facts["campaigns"], dict[str, Remembered]),
            {name: part for (name, _), part in zip(counts, parts, strict=True)},
            set(state.facts["due"]),
            np.flatnonzero(state.arrays["notes"]["due"]).astype(np.int64),
            state.facts["round"],
        )


def standing(label: str, campaign_id: str | None) -> int:
    """Names what a subject stands under, in 32 bits; never 0, which is nothing yet."""
    return zlib.crc32(f"{label} {campaign_id or ''}".encode()) or 1
