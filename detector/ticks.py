"""The spine of a replay: decoded events in, ticks of event time out, each folded into the ledger.

A tick closes when the watermark passes its end, and folds what became available in it in a canonical
order. What it holds depends on the events and their order in the stream, never on how they were batched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.intake import Intake
from detector.ledger import HALF_LIFE, REMEMBER, Ledger
from detector.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.intake import Counts
    from detector.ledger import Tick
    from features.batch import EventBatch
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings


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
        self.ledger = Ledger(kernel.key, half_life, remember)
        self._intake = Intake(kernel, settings)
        self._pending = Pending()
        self._tick = settings.tick

    @property
    def counts(self) -> Counts:
        """What became of the records read so far."""
        return self._intake.counts

    def observe(self, batch: EventBatch) -> Iterator[Tick]:
        """Take a batch and yield the ticks that it closed; read `self.ledger` before the next one."""
        self._pending.add(self._intake.admit(batch))
        closed = self._intake.admission.closed
        if closed is not None:
            yield from self._close(closed)

    def finish(self) -> Iterator[Tick]:
        """The log has ended: close every tick that still holds events."""
        yield from self.flush(np.iinfo(np.int64).max)

    def flush(self, now: int) -> Iterator[Tick]:
        """The stream is idle: close the ticks that hold events and ended by `now` (ms)."""
        last = self._pending.latest(now // self._tick)
        if last is not None:
            self._intake.admission.close(last)
            yield from self._close(last)

    def _close(self, last: int) -> Iterator[Tick]:
        """Close the ticks up to `last` that hold events, in order."""
        for chunk in self._pending.take(last):
            yield self.ledger.fold(chunk, int(chunk.ticks[0]) * self._tick)
