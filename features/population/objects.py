"""The objects that a request shows: one 64-bit key of each kind, 0 where the log has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from numba import njit, uint64

from features.account.fold import sampling_of
from features.hashing import mix64

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.rows import Record

_STEP: Final = uint64(0x9E3779B97F4A7C15)
_BATCH: Final = 6 * 3_600_000
"""Sign-ups over one channel within the same so many ms are one batch."""

_TELLING: Final = 2
"""A single parameter is everybody's."""


@njit(cache=True, nogil=True)
def keys_of(row: Record, sketch: Record, out: NDArray[np.uint64]) -> None:
    """Write the keys of an event's objects to `out`, shape (len(KINDS),)."""
    out[:] = 0
    if sketch.present == 1:
        out[1] = _key(1, sketch.system)
        if sketch.user_turns > 0:
            out[0] = _key(0, sketch.template)
            out[2] = _key(2, sketch.head)
            out[3] = _key(3, sketch.tail)
    out[4] = _key(4, row.payment)
    out[5] = _key(5, row.device)
    out[6] = _key(6, row.ip_net)
    out[7] = _key(7, batch_of(row))
    if row.user_agent != 0 and row.asn >= 0:
        out[8] = _key(8, mix64(uint64(row.user_agent) + uint64(row.asn) * _STEP) ^ uint64(row.ja4))
    out[9] = _key(9, settings_of(row))


@njit(cache=True, nogil=True)
def batch_of(row: Record) -> Word:
    """Sign-ups of one channel within the same hours; 0 where channel or time is unknown."""
    if row.signup == 0 or row.account_created <= 0:
        return uint64(0)
    return mix64(uint64(row.signup) + uint64(row.account_created // _BATCH))


@njit(cache=True, nogil=True)
def settings_of(row: Record) -> Word:
    """The sampling parameters and tools as a whole; 0 where fewer than two were given."""
    given = (row.temperature >= 0) + (row.top_p >= 0) + (row.max_tokens >= 0)
    given += (row.seeded == 1) + (row.tools != 0)
    if given < _TELLING:
        return uint64(0)
    return sampling_of(row) ^ uint64(row.tools)


@njit(cache=True, nogil=True)
def _key(kind: int, value: Word) -> Word:
    if value == 0:
        return uint64(0)
    key = mix64(uint64(value) + uint64(kind + 1) * _STEP)
    return key if key != 0 else uint64(1)
