"""The spine: decoded events in, ticks of event time out, each with its events folded into rows.

A tick closes when the watermark passes its end, and folds what became available in it in a canonical
order. What it holds depends on the events and their order in the stream, never on how they were batched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from features.account.decay import decay
from features.account.fold import DAY, canonical_order, fold, time_order
from features.account.table import AccountTable
from features.population.layout import FREE, MEANS, WORDS
from features.population.provenance import ServedAnswers
from features.population.table import PopulationTable
from streaming.admission import ACCEPTED, DUPLICATE, LATE, Admission, AdmissionSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from features.batch import Decoded, EventBatch
    from features.text.kernel import TextKernel

HALF_LIFE: Final = 14 * 86_400_000
"""An account's counters are halved once in this time (ms)."""
REMEMBER: Final = 14
"""What accounts share is forgotten when it was not shown for so many days."""


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
    populations: NDArray[np.int64]
    """the rows of the table of shared words that changed, ascending"""
    rows: NDArray[np.void]
    """the tick's events, dtype EVENT_ROW"""
    shared: NDArray[np.int32]
    """populations of shared words that each event is of, shape (n, kinds), FREE where it is of none"""
    renumbered: NDArray[np.int32] | None
    """new row of each population of shared words, FREE where it was forgotten; None: nothing was"""

    @property
    def events(self) -> int:
        """How many events became available in the tick."""
        return len(self.rows)


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
        held = _joined(self._chunks)
        order = np.argsort(held.ticks, kind="stable")
        due = int((held.ticks <= last).sum())
        self._chunks = []
        self.add(held.at(order[due:]))
        return held.at(order[:due])


class _Chunk(NamedTuple):
    rows: NDArray[np.void]
    sketches: NDArray[np.void]
    ticks: NDArray[np.int64]
    names: Sequence[str]
    """of the accounts, by `rows["account"]`: one gets its row in the tick of its first event, not before"""

    def at(self, index: NDArray[np.int64]) -> _Chunk:
        rows = self.rows[index]
        codes, rows["account"] = np.unique(rows["account"], return_inverse=True)
        return _Chunk(rows, self.sketches[index], self.ticks[index], [self.names[code] for code in codes])


def _joined(chunks: Sequence[_Chunk]) -> _Chunk:
    rows, sketches, ticks = (np.concatenate([chunk[at] for chunk in chunks]) for at in range(3))
    first = np.cumsum([0, *(len(chunk.names) for chunk in chunks[:-1])])
    rows["account"] += np.repeat(first, [len(chunk.rows) for chunk in chunks]).astype(np.int32)
    return _Chunk(rows, sketches, ticks, [name for chunk in chunks for name in chunk.names])


class TickLoop:
    """Admits events, holds them until their tick closes, and folds them."""

    def __init__(
        self,
        kernel: TextKernel,
        settings: AdmissionSettings,
        half_life: int = HALF_LIFE,
        remember: int | None = REMEMBER,
    ) -> None:
        """Halve counters every `half_life` ms, and forget what is shared after `remember` days."""
        self.accounts = AccountTable(kernel.key)
        self.words = PopulationTable(WORDS, counted=True)
        self.means = PopulationTable(MEANS, counted=False)
        self.counts = Counts()
        self._kernel = kernel
        self._admission = Admission(settings)
        self._tick = settings.tick
        self._half_life = half_life
        self._remember = remember
        self._day: int | None = None
        self._pending = _Pending()
        self._served = ServedAnswers()

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
        # Only accounts of accepted events get a row: a duplicate must leave no trace.
        self._pending.add(_Chunk(batch.rows, sketches, admitted.ticks, batch.accounts).at(kept))

    def _close(self, last: int) -> Iterator[Tick]:
        """Close the ticks up to `last` that hold events, in order."""
        due = self._pending.take(last)
        if due is None:
            return
        bounds = np.flatnonzero(np.diff(due.ticks)) + 1
        for start, end in zip([0, *bounds], [*bounds, len(due.ticks)], strict=True):
            rows, sketches = due.rows[start:end], due.sketches[start:end]
            order = time_order(rows)
            rows["account"][order] = self._locate(rows["account"][order], due.names)
            yield self._fold(rows, sketches, order, int(due.ticks[start]) * self._tick)

    def _locate(self, codes: NDArray[np.int32], names: Sequence[str]) -> NDArray[np.int32]:
        """Rows of the accounts `names[codes]`; new ones get theirs in this order, whatever their batches."""
        found, first, place = np.unique(codes, return_index=True, return_inverse=True)
        arrival = np.argsort(first)
        rows = np.empty(len(found), dtype=np.int32)
        rows[arrival] = self.accounts.locate([names[code] for code in found[arrival]])
        return rows[place]

    def _fold(
        self, rows: NDArray[np.void], sketches: NDArray[np.void], order: NDArray[np.int64], end: int
    ) -> Tick:
        """Fold the events of a tick, which `order` puts in order of time."""
        renumbered = self._forget(end // DAY)
        touched = np.unique(rows["account"]).astype(np.int64)
        decay(self.accounts.rows, touched, end, self._half_life)
        fold(self.accounts.rows, rows, sketches, canonical_order(rows))
        shared = self._share(rows, sketches, order)
        populations = np.unique(shared[shared != FREE]).astype(np.int64)
        decay(self.words.states, populations, end, self._half_life)
        return Tick(end, touched, populations, rows, shared, renumbered)

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
