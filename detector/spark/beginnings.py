"""In executors: when each log begins, which costs a look at its first records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from detector.intake import Counts
from detector.reader import SAMPLE, LogReader
from features.adapters import FormatError
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detector.compose import Intake

FIRST: Final = int(np.iinfo(np.int64).min)
"""When a log begins that tells of no event: it has to be read before any."""
COLUMNS: Final = "file int, begins long"


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What executors need, as `detector.spark.sketching.Sketching`."""

    intake: Intake

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """When files begin (ms), given as rows of `file` and `path`; nothing of them is counted or kept."""
        for batch in batches:
            begins = [self._begins(path) for path in batch["path"].to_pylist()]
            yield pa.RecordBatch.from_arrays(
                [batch["file"], pa.array(begins, pa.int64())], ["file", "begins"]
            )

    def _begins(self, path: str) -> int:
        reading = replace(self.intake.reading, block_records=SAMPLE)
        reader = LogReader([path], reading, Counts(), DeadLetterCounts(), lambda _: None)
        try:
            for batch in reader.batches():
                if len(batch.rows):
                    return min([int(batch.rows["time"][0]), *(record.time for record in reader.lifecycle)])
        except FormatError:
            # Said by the task that is to sketch it.
            pass
        return FIRST
