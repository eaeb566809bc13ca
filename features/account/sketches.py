"""Small counting sketches inside an account's row: the most frequent values, and how many different ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit, uint64

from features.account.layout import REGISTERS_SMALL
from features.unaligned import lowest_bit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.hashing import Word

MAX_RANK: Final = 15


@njit(cache=True, nogil=True)
def count_top(keys: NDArray[np.uint32], counts: NDArray[np.int32], key: Word) -> None:
    """Count `key` among the most frequent (Space-Saving, Metwally et al. 2005): never too low."""
    least = 0
    for i in range(keys.shape[0]):
        if counts[i] > 0 and keys[i] == key:
            counts[i] += 1
            return
        if counts[i] < counts[least]:
            least = i
    keys[least] = key
    counts[least] += 1


@njit(cache=True, nogil=True)
def add_distinct(registers: NDArray[np.uint8], value: Word) -> None:
    """Add a 64-bit hash to a HyperLogLog (Flajolet et al. 2007) of 4-bit registers, 2^k of them."""
    size = uint64(registers.shape[0] * 2)
    at = int(uint64(value) & (size - uint64(1)))
    rest = uint64(value) >> lowest_bit(size)
    rank = min(int(lowest_bit(rest)) + 1, MAX_RANK)
    shift = 4 * (at & 1)
    if rank > (registers[at >> 1] >> shift) & 15:
        kept = registers[at >> 1] & (15 << (4 - shift))
        registers[at >> 1] = kept | (rank << shift)


@njit(cache=True, nogil=True)
def distinct(registers: NDArray[np.uint8]) -> float:
    """Estimate of the number of different values; linear counting while registers are empty."""
    size = 2 * len(registers)
    empty = 0
    harmonic = 0.0
    for at in range(size):
        rank = (registers[at >> 1] >> (4 * (at & 1))) & 15
        empty += rank == 0
        harmonic += 1.0 / (1 << rank)
    alpha = 0.673 if size == REGISTERS_SMALL else 0.709
    estimate = alpha * size * size / harmonic
    if estimate <= 2.5 * size and empty > 0:
        return size * math.log(size / empty)
    return estimate
