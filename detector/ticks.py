"""The spine: decoded events in, ticks of event time out, each with its events folded into account rows.

A tick closes when the watermark passes its end, and folds what became available in it in a canonical
order. What it holds depends on the events and their order in the stream, never on how they were batched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from features.account.decay import decay
from features.account.fold import canonical_order, fold
from features.account.table import AccountTable
from streaming.admission import ACCEPTED, DUPLICATE, LATE, Admission, AdmissionSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from features.batch import Decoded, EventBatch
    from features.text.kernel import TextKernel

HALF_LIFE: Final = 14 * 86_400_000
"""An account's counters are halved once in this time (ms)."""


@dataclass(slots=True)
class Counts:
    """What became of the records read: read = accepted + duplicate + late + dead_lettered."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    dead_lettered: int = 0
    lifecycle: int = 0
    """of the accepted: bans, unbans and model releases"""

    def add(self, decoded: Decoded) -> None:
        """Count a decoded block; its events are counted when they are admitted."""
        self.read += decoded.lines
        self.dead_lettered += len(decoded.rejected)
        self.lifecycle += len(decoded.lifecycle)
        self.accepted += len(decoded.lifecycle)


@dataclass(frozen=True, slots=True)
class Tick:
    """A closed tick. Its account rows hold everything that was available at `end`, and nothing later."""

    end: int
    """ms since the epoch"""
    accounts: NDArray[np.int64]
    """the rows of the account table that changed, ascending"""
    events: int


class _Pending:
    """Events admitted to ticks that have not closed, as they came; put together when a tick closes."""

    def __init__(self) -> None:
        self._chunks: list[_Chunk] = []

    def add(self, chunk: _Chunk) -> None:
        """Hold the events of a batch."""
        if len(chunk.ticks):
            self._chunks.append(chunk)

    def latest(self, until: int) -> int | None:
        """The last tick up to `until` that holds events."""
        held = [ticks.max() for chunk in self._chunks if len(ticks := chunk.ticks[chunk.ticks <= until])]
        return int(max(held)) if held else None

    def take(self, last: int) -> _Chunk | None:
        """The events of the ticks up to `last`, in order of their tick; they are held no longer."""
        if all(chunk.ticks.min() > last for chunk in self._chunks):
            return None
        held = _Chunk(*(np.concatenate(columns) for columns in zip(*self._chunks, strict=True)))
        order = np.argsort(held.ticks, kind="stable")
        due = int((held.ticks <= last).sum())
        self._chunks = []
        self.add(held.at(order[due:]))
        return held.at(order[:due])


class _Chunk(NamedTuple):
    rows: NDArray[np.void]
    sketches: NDArray[np.void]
    ticks: NDArray[np.int64]

    def at(self, index: NDArray[np.int64]) -> _Chunk:
        return _Chunk(self.rows[index], self.sketches[index], self.ticks[index])


class TickLoop:
    """Admits events, holds them until their tick closes, and folds them."""

    def __init__(self, kernel: TextKernel, settings: AdmissionSettings, half_life: int = HALF_LIFE) -> None:
        self.accounts = AccountTable(kernel.key)
        self.counts = Counts()
        self._kernel = kernel
        self._admission = Admission(settings)
        self._tick = settings.tick
        self._half_life = half_life
        self._pending = _Pending()

    def observe(self, batch: EventBatch) -> Iterator[Tick]:
        """Take a batch and yield the ticks that it closed; read `self.accounts` before the next one."""
        self._admit(batch)
        closed = self._admission.closed
        if closed is not None:
            yield from self._close(closed)

    def finish(self) -> Iterator[Tick]:
        """The log has ended: close every tick that still holds events."""
        yield from self.flush(np.iinfo(np.int64).max)

    def flush(self, now: int) -> Iterator[Tick]:
        """The stream is idle: close the ticks that hold events and ended by `now` (ms)."""
        last = self._pending.latest(now // self._tick)
        if last is not None:
            self._admission.close(last)
            yield from self._close(last)

    def _admit(self, batch: EventBatch) -> None:
        admitted = self._admission.admit(batch.rows)
        kept = np.flatnonzero(admitted.verdicts == ACCEPTED)
        self.counts.accepted += len(kept)
        self.counts.duplicate += int((admitted.verdicts == DUPLICATE).sum())
        self.counts.late += int((admitted.verdicts == LATE).sum())
        sketches = self._kernel.sketch(batch.parts)
        sketches[batch.sketched] = batch.sketches[batch.sketched]
        rows = batch.rows[kept]
        # Only accounts of accepted events get a row: a duplicate must leave no trace.
        codes, first = np.unique(rows["account"], return_index=True)
        arrival = codes[np.argsort(first)]
        located = np.zeros(len(batch.accounts), dtype=np.int32)
        located[arrival] = self.accounts.locate([batch.accounts[code] for code in arrival])
        rows["account"] = located[rows["account"]]
        self._pending.add(_Chunk(rows, sketches[kept], admitted.ticks[kept]))

    def _close(self, last: int) -> Iterator[Tick]:
        """Close the ticks up to `last` that hold events, in order."""
        due = self._pending.take(last)
        if due is None:
            return
        bounds = np.flatnonzero(np.diff(due.ticks)) + 1
        for start, end in zip([0, *bounds], [*bounds, len(due.ticks)], strict=True):
            yield self._fold(due.rows[start:end], due.sketches[start:end], int(due.ticks[start]) * self._tick)

    def _fold(self, rows: NDArray[np.void], sketches: NDArray[np.void], end: int) -> Tick:
        touched = np.unique(rows["account"]).astype(np.int64)
        decay(self.accounts.rows, touched, end, self._half_life)
        fold(self.accounts.rows, rows, sketches, canonical_order(rows))
        return Tick(end, touched, len(rows))
