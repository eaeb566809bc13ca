"""Times as whole milliseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from features.rows import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""A time before `EARLIEST`, or from here on, is a broken clock or one unit mistaken for another."""

EARLIEST_MICROS: Final = int(EARLIEST.timestamp()) * 1_000_000
LATEST_MICROS: Final = int(LATEST.timestamp()) * 1_000_000
_MICROS: Final = pa.timestamp("us", "UTC")


def epoch_ms(times: Sequence[datetime | None]) -> NDArray[np.int64]:
    """Milliseconds since the epoch, rounded down, shape (n,); `MISSING` where null or implausible."""
    column = pa.array(times, _MICROS)
    if len(column) == 0:
        return np.zeros(0, dtype=np.int64)
    # null is 0 in the buffer, which is not plausible either
    micros = np.frombuffer(column.buffers()[1], dtype=np.int64)[: len(column)]
    plausible = (micros >= EARLIEST_MICROS) & (micros < LATEST_MICROS)
    return np.where(plausible, micros // 1000, MISSING)
