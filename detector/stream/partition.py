"""One partition in the hands of a worker: what was read from it, and is not durable yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from detector.frames import compressor, pack
from detector.intake import Counts, Intake
from detector.pending import EMPTY, joined
from detector.store.intake import Frame, IntakeCounts, Letter, PartitionCommit, SeenSegment
from streaming.seen import SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detector.pending import Chunk
    from detector.store.intake import Claim
    from features.adapters import Adapter
    from features.batch import Decoded, Lifecycle
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings
    from streaming.seen import SeenIds
    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class Decoding:
    """How records become frames."""

    adapter: Adapter
    kernel: TextKernel
    admission: AdmissionSettings
    version: str
    """what frames are marked with, see `detector.frames.frame_version`"""
    ahead: int
    """ms; an event that starts this long after the present is from the future"""
    keep_payload: bool = False
    """whether dead letters keep their records"""

    def seen_since(self, claim: Claim) -> int:
        """From when on events matter that were accepted before a claim, ms."""
        if not claim.state:
            return 0
        watermark = int(np.frombuffer(claim.state, dtype=np.int64).min())
        return max(watermark, self.admission.remember) - self.admission.remember


class Partition:
    """Takes blocks in, and says what to commit; a claim and what was seen before are where it goes on."""

    def __init__(
        self, claim: Claim, seen: Iterable[bytes], decoding: Decoding, table: SeenIds | None = None
    ) -> None:
        """`seen` are ids (`SEEN`) that are put into `table`, if there is one, beside those that it holds."""
        self.origin = claim.origin
        self.epoch = claim.epoch
        self.idle = claim.idle
        self._position = claim.position
        self._decoding = decoding
        self._compressor = compressor()
        self._intake = Intake(decoding.kernel, decoding.admission, table)
        self._intake.counts = _counts(claim.counts)
        admission = self._intake.admission
        if claim.state:
            admission.resume(np.frombuffer(claim.state, dtype=np.int64))
        if claim.closed is not None:
            admission.close(claim.closed)
        for segment in seen:
            admission.recall(np.frombuffer(segment, dtype=SEEN))
        self._clear()

    @property
    def counts(self) -> Counts:
        """What became of the partition's records since it was first read."""
        return self._intake.counts

    @property
    def pending(self) -> int:
        """Records read since the last commit."""
        return self._records

    def begin(self, position: int) -> None:
        """A partition that nobody has read goes on at `position`."""
        if self._position is None:
            self._position = position

    def wake(self, closed: int | None) -> None:
        """The partition is not idle any more: no event may count in the tick `closed` or before it."""
        self.idle = False
        if closed is not None:
            self._intake.admission.close(closed)

    def take(self, block: Block, now: int) -> Decoded:
        """Decode and admit the records of a block, at a wall clock of `now` (ms)."""
        decoding = self._decoding
        latest = datetime.fromtimestamp((now + decoding.ahead) / 1000, UTC)
        decoded = decoding.adapter.decode(block.records, latest)
        self._intake.counts.add(decoded)
        # Bans count as of the watermark before the events that came with them, as events in order do.
        self._lifecycle += [(self._intake.admission.due(one.time), one) for one in decoded.lifecycle]
        self._chunks.append(self._intake.admit(decoded.batch))
        self._letters += self._dead(block, decoded)
        self._position = block.positions[-1] + 1
        self._records += len(block.records)
        return decoded

    def commit(self, *, idle: bool = False) -> PartitionCommit:
        """What has to become durable; raises `ValueError` where nothing was ever read."""
        if self._position is None:
            raise ValueError(f"{self.origin} was never read, so there is nothing to commit")
        admission = self._intake.admission
        return PartitionCommit(
            origin=self.origin,
            epoch=self.epoch,
            position=self._position,
            state=admission.witnesses.tobytes(),
            watermark=admission.watermark,
            counts=_stored(self._intake.counts),
            frames=self._frames(),
            seen=_segment(self._chunks),
            letters=tuple(self._letters),
            idle=idle,
        )

    def committed(self, commit: PartitionCommit) -> None:
        """`commit` is durable, and nothing was taken in meanwhile."""
        self.idle = commit.idle
        self._clear()

    def _clear(self) -> None:
        self._records = 0
        self._chunks: list[Chunk] = []
        self._lifecycle: list[tuple[int, Lifecycle]] = []
        self._letters: list[Letter] = []

    def _frames(self) -> tuple[Frame, ...]:
        """A frame for each tick that something was taken in for."""
        version = self._decoding.version
        chunks = [chunk for chunk in self._chunks if len(chunk.rows)]
        by_tick = {int(chunk.ticks[0]): chunk for chunk in joined(chunks).by_tick()} if chunks else {}
        told: dict[int, list[Lifecycle]] = {}
        for tick, record in self._lifecycle:
            told.setdefault(tick, []).append(record)
        return tuple(
            Frame(tick, len(chunk.rows), pack(chunk, told.get(tick, ()), version, self._compressor))
            for tick in sorted({*by_tick, *told})
            for chunk in [by_tick.get(tick, EMPTY)]
        )

    def _dead(self, block: Block, decoded: Decoded) -> Sequence[Letter]:
        kept = self._decoding.keep_payload
        return [
            Letter(
                block.positions[one.line], one.reason, one.detail, block.records[one.line] if kept else None
            )
            for one in decoded.rejected
        ]


def _segment(chunks: Sequence[Chunk]) -> SeenSegment | None:
    seen = np.zeros(sum(len(chunk.rows) for chunk in chunks), SEEN)
    if len(seen) == 0:
        return None
    for field in ("event", "available"):
        seen[field] = np.concatenate([chunk.rows[field] for chunk in chunks])
    return SeenSegment(int(seen["available"].max()), seen.tobytes())


def _counts(stored: IntakeCounts) -> Counts:
    return Counts(**{name: getattr(stored, name) for name in Counts.__slots__})


def _stored(counts: Counts) -> IntakeCounts:
    return IntakeCounts(**{name: getattr(counts, name) for name in Counts.__slots__})
