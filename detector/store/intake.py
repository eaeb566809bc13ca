"""What workers write: a partition's progress, with everything that became of its records."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class IntakeCounts:
    """What became of a partition's records since it was first read; `read` is the sum of the others."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    dead_lettered: int = 0
    lifecycle: int = 0

    @classmethod
    def total(cls, several: Iterable[IntakeCounts]) -> IntakeCounts:
        """The sum of each."""
        return cls(*(sum(column) for column in zip(*map(astuple, several), strict=True)))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a new owner of a partition starts from."""

    origin: str
    """`topic/partition`"""
    epoch: int
    """larger than every owner's before; to be shown with each write"""
    position: int | None
    """next offset to read; None: never read"""
    state: bytes
    """as last committed; empty at first"""
    counts: IntakeCounts
    idle: bool
    """whether ticks may close without it: call `Store.wake` before admitting events"""
    closed: int | None
    """last closed tick at the time of the claim: no event may count in it or before it"""


@dataclass(frozen=True, slots=True)
class Frame:
    """Accepted events of one partition and tick."""

    tick: int
    events: int
    body: bytes


@dataclass(frozen=True, slots=True)
class SeenSegment:
    """Ids of the events accepted in one commit."""

    latest: int
    """when the last of them became available, ms"""
    body: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that could not become an event."""

    position: int
    reason: str
    detail: str
    """names field, fault and remedy; quotes no content"""
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class PartitionCommit:
    """A partition's progress since its last commit, and where it stands now."""

    origin: str
    epoch: int
    position: int
    """next offset to read. The same as before: a repetition, of which only the standing is written"""
    state: bytes
    watermark: int | None
    """ms; None until enough events were seen"""
    counts: IntakeCounts
    """totals, as in `Claim.counts`"""
    frames: Sequence[Frame] = ()
    """each of a tick that is not closed"""
    seen: SeenSegment | None = None
    letters: Sequence[Letter] = ()
    idle: bool = False
    """ticks may close without this partition until `Store.wake`"""


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """Where a partition stands, for people and metrics. Times are ms of the wall clock."""

    origin: str
    owner: str | None
    """None: expected, and not claimed by anybody yet"""
    epoch: int
    claimed: int
    """when its owner claimed it, or since when it is expected"""
    committed: int | None
    """time of the last commit; None: none yet"""
    position: int | None
    watermark: int | None
    counts: IntakeCounts
    idle: bool


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A dead letter as kept."""

    number: int
    """ascending; to page on"""
    origin: str
    time: int
    """of its commit, ms of the wall clock"""
    letter: Letter
    redriven: int | None = None
    """when it was sent again, ms of the wall clock"""
