"""Where a partition stands in the store, and what its shards' batches make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from detector.spark.errors import SparkError
from detector.store.intake import IntakeCounts, PartitionCommit, SeenSegment
from streaming.admission import WITNESSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from detector.spark.stream_taken import Taken
    from detector.store.intake import Claim, Frame

_NEVER: Final = np.iinfo(np.int64).min


@dataclass(slots=True)
class Standing:
    """As last committed, under the epoch of our claim."""

    origin: str
    epoch: int
    position: int | None
    counts: IntakeCounts
    idle: bool
    heard: float
    """when records of it came last, in seconds of the monotonic clock"""
    witnesses: NDArray[np.int64]
    """what the watermark rests on, as `streaming.admission.Admission.witnesses`; ascending"""
    tick: int
    """ms"""

    @classmethod
    def of(cls, claim: Claim, tick: int, now: float) -> Self:
        """As claimed: no event may count in a tick that had closed by then."""
        witnesses = np.full(WITNESSES, _NEVER)
        if claim.state:
            witnesses = np.sort(np.frombuffer(claim.state, np.int64))
        made = cls(claim.origin, claim.epoch, claim.position, claim.counts, claim.idle, now, witnesses, tick)
        made._close(claim.closed)
        return made

    @property
    def watermark(self) -> int | None:
        """As `streaming.admission.Admission.watermark`."""
        mark = int(self.witnesses[0])
        return None if mark == _NEVER else mark

    def is_known(self, taken: Sequence[Taken]) -> bool:
        """Whether a batch is durable already: Spark repeats the last one when it starts anew.

        Raises `SparkError` where Spark's checkpoint and the store are not of one history.
        """
        position = -1 if self.position is None else self.position
        if all(one.position <= position for one in taken):
            return True
        behind = any(one.before is not None and one.before > position for one in taken)
        if behind or any(one.first < position for one in taken):
            raise SparkError(
                f"{self.origin}: the store is at offset {self.position} and the checkpoint elsewhere; one of "
                "them was restored or written by another process. Start with a new --state-dir: it goes on "
                "from where the store is"
            )
        return False

    def wake(self, closed: int | None) -> None:
        """Ticks may not close without the partition any more; no event may count in `closed` or before."""
        self.idle = False
        self._close(closed)

    def commit(self, taken: Sequence[Taken]) -> PartitionCommit:
        """What the shards' batch has to make durable."""
        # A shard may be behind its partition, and then does not know of ticks that have closed.
        frames = tuple(self._open(frame) for one in taken for frame in one.frames)
        # Of one shard they are its own; of several a bound, which no event that was seen contradicts.
        each = [np.sort(np.frombuffer(one.witnesses, np.int64)) for one in taken]
        self.witnesses = np.maximum.reduce([self.witnesses, *each])
        return PartitionCommit(
            self.origin,
            self.epoch,
            max(one.position for one in taken),
            self.witnesses.tobytes(),
            self.watermark,
            _sum([self.counts, *(one.counts for one in taken)]),
            frames,
            _joined([one.seen for one in taken if one.seen is not None]),
            tuple(letter for one in taken for letter in one.letters),
        )

    def silent(self, end: int) -> PartitionCommit:
        """That it is idle, having been read to its `end`."""
        position = end if self.position is None else self.position
        state = self.witnesses.tobytes()
        return PartitionCommit(
            self.origin, self.epoch, position, state, self.watermark, self.counts, idle=True
        )

    def committed(self, commit: PartitionCommit) -> None:
        """`commit` is durable."""
        self.position, self.counts, self.idle = commit.position, commit.counts, commit.idle

    def _open(self, frame: Frame) -> Frame:
        """In the first tick that has not ended before the watermark, if its own has."""
        mark = self.watermark
        return frame if mark is None else replace(frame, tick=max(frame.tick, -(-mark // self.tick)))

    def _close(self, closed: int | None) -> None:
        if closed is not None:
            self.witnesses = np.maximum(self.witnesses, closed * self.tick + 1)


def _sum(counts: Sequence[IntakeCounts]) -> IntakeCounts:
    names = IntakeCounts.__slots__
    return IntakeCounts(**{name: sum(getattr(one, name) for one in counts) for name in names})


def _joined(segments: Sequence[SeenSegment]) -> SeenSegment | None:
    if not segments:
        return None
    return SeenSegment(max(one.latest for one in segments), b"".join(one.body for one in segments))


def grouped(rows: Sequence[tuple[str, int, Taken]]) -> Iterator[tuple[str, list[Taken]]]:
    """What was taken of each origin, by shard."""
    found: dict[str, list[Taken]] = {}
    for origin, _, taken in sorted(rows, key=lambda row: row[:2]):
        found.setdefault(origin, []).append(taken)
    yield from found.items()
