"""The keys of a usage event, and what each has its value become: a table that a kernel can probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit, uint64

from features.columns import HASHED, NUMBERS
from features.contract import MAX_TOKENS, UsageEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

UNKNOWN: Final = 0
"""Any value is passed over."""
TEXT: Final = 1
"""A text that is in no column."""
HASH: Final = 2
SPAN: Final = 3
"""Where a text stands."""
TIME: Final = 4
COUNT: Final = 5
"""A whole number."""
MEASURE: Final = 6
"""Any number."""
FLAG: Final = 7
WORD: Final = 8
"""One of a few texts, which gets a number."""
PRESENCE: Final = 9
SEED: Final = 10
"""A whole number of which only matters that it is there."""
MESSAGES: Final = 11
RESPONSE: Final = 12
REFUSED: Final = 13
"""Only null is plain."""

SPANS: Final = ("account_id", "client_ip")
TIMES: Final = ("time", "account_created")
WORDS: Final = ("finish_reason", "error_type", "reasoning_effort", "human_token", "denied_by")
PRESENCES: Final = ("seed", "response_format")

_FLAGS: Final = ("stream", "logprobs")
_MEASURES: Final = {
    "latency_ms": 30 * 86_400_000.0,
    "ttft_ms": 30 * 86_400_000.0,
    "temperature": 100.0,
    "top_p": 1.0,
}
_LIMITS: Final = {"status": 999.0, "n": 100_000.0, "client_asn": 2.0**32 - 1}
_OTHERS: Final = {
    "seed": SEED,
    "response_format": PRESENCE,
    "messages": MESSAGES,
    "response": RESPONSE,
    "kind": REFUSED,
    "sketch": REFUSED,
}
_PLACES: Final = 256
_MASK: Final = uint64(_PLACES - 1)


KEY: Final = np.dtype(
    [
        ("bit", "<u8"),  # one of its own
        ("high", "<f8"),  # the largest number allowed
        ("start", "<i4"),  # where the name is
        ("size", "<i4"),  # its bytes; 0: an empty place
        ("sort", "<i4"),  # what the value becomes
        ("column", "<i4"),  # among the columns of its sort
    ],
    align=True,
)


class Keys(NamedTuple):
    """Open addressing with linear probing."""

    table: NDArray[np.void]
    """dtype KEY"""
    names: NDArray[np.uint8]


@njit(cache=True, nogil=True, inline="always")
def _first_place(data: NDArray[np.uint8], start: int, size: int) -> int:
    head, middle = uint64(data[start]), uint64(data[start + size // 2])
    return (
        head * uint64(31) + middle * uint64(57) + uint64(data[start + size - 1]) * uint64(13) + uint64(size)
    ) & _MASK


@njit(cache=True, nogil=True)
def place_of(
    table: NDArray[np.void], names: NDArray[np.uint8], data: NDArray[np.uint8], start: int, end: int
) -> int:
    """The place of the key `data[start:end]`, or an empty one."""
    size = end - start
    place = _first_place(data, start, size)
    while table[place].size != 0:
        if table[place].size == size and is_same(names, table[place].start, data, start, size):
            break
        place = (place + uint64(1)) & _MASK
    return place


@njit(cache=True, nogil=True, inline="always")
def is_same(left: NDArray[np.uint8], at: int, right: NDArray[np.uint8], start: int, size: int) -> bool:
    """Whether `size` bytes are the same in both."""
    for i in range(size):  # noqa: SIM110 - Numba compiles no generator here
        if left[at + i] != right[start + i]:
            return False
    return True


def make_keys() -> Keys:
    """The table of `features.contract.UsageEvent`."""
    fields = list(_fields())
    names = np.frombuffer("".join(name for name, *_ in fields).encode(), dtype=np.uint8)
    table = np.zeros(_PLACES, KEY)
    start = 0
    for number, (name, sort, column, high) in enumerate(fields):
        place = int(place_of(table, names, names, start, start + len(name)))
        table[place] = (1 << number, high, start, len(name), sort, column)
        start += len(name)
    return Keys(table, names)


def _fields() -> Iterator[tuple[str, int, int, float]]:
    """Name, sort, column and largest value of every field."""
    hashed = [field for _, field in HASHED]
    numbers = [field for _, field, _ in NUMBERS]
    for name in UsageEvent.__struct_fields__:
        if name in numbers:
            sort = FLAG if name in _FLAGS else MEASURE if name in _MEASURES else COUNT
            high = _MEASURES.get(name, _LIMITS.get(name, float(MAX_TOKENS)))
            yield name, sort, numbers.index(name), high
            continue
        for sort, names in ((HASH, hashed), (SPAN, SPANS), (TIME, TIMES), (WORD, WORDS)):
            if name in names:
                yield name, sort, names.index(name), 0.0
                break
        else:
            column = PRESENCES.index(name) if name in PRESENCES else 0
            yield name, _OTHERS.get(name, TEXT), column, 0.0
