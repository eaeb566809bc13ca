"""Events of several files in one order of time, in memory bounded by one batch a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from features.batch_ops import concat, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from features.batch import EventBatch


@dataclass(slots=True)
class _Stream:
    """One file's batches, and the rows of the current one that were not emitted yet."""

    batches: Iterator[EventBatch]
    batch: EventBatch | None = None
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    done: int = 0
    latest: int = np.iinfo(np.int64).min

    def refill(self) -> bool:
        """Make sure that a row is there; false when the file has ended."""
        while self.done == len(self.keys):
            self.batch = next(self.batches, None)
            if self.batch is None:
                return False
            self._take_keys(self.batch)
        return True

    def _take_keys(self, batch: EventBatch) -> None:
        self.done = 0
        self.keys = np.maximum.accumulate(np.maximum(batch.rows["time"], self.latest))
        if len(self.keys):
            self.latest = int(self.keys[-1])

    def pull(self, bound: int, *, inclusive: bool) -> tuple[list[EventBatch], NDArray[np.int64]]:
        """Take out the rows whose key is below `bound`, or at it too."""
        end = int(np.searchsorted(self.keys, bound, side="right" if inclusive else "left"))
        start, self.done = self.done, max(self.done, end)
        if self.batch is None or self.done == start:
            return [], self.keys[:0]
        if self.done - start == len(self.keys):
            return [self.batch], self.keys
        return [take(self.batch, np.arange(start, self.done))], self.keys[start : self.done]


def merge(sources: Sequence[Iterator[EventBatch]]) -> Iterator[EventBatch]:
    """Yield the events of all `sources` by start time; events of one time come in the order of `sources`.

    Every source keeps its own order: a late event stays with the events it was written after, so that one
    file alone comes out as it is. The order does not depend on how the sources are cut into batches.
    """
    streams = [_Stream(batches) for batches in sources]
    live = [stream for stream in streams if stream.refill()]
    while live:
        # later rows of a stream come after (its last key, its place), so rows up to the least are settled
        last = min(range(len(live)), key=lambda place: (live[place].latest, place))
        pulled = [
            stream.pull(live[last].latest, inclusive=place <= last) for place, stream in enumerate(live)
        ]
        yield _in_order(pulled)
        live = [stream for stream in live if stream.refill()]


def _in_order(pulled: Sequence[tuple[list[EventBatch], NDArray[np.int64]]]) -> EventBatch:
    batches = [batch for found, _ in pulled for batch in found]
    if len(batches) == 1:
        return batches[0]
    order = np.argsort(np.concatenate([keys for _, keys in pulled]), kind="stable")
    return take(concat(batches), order)
