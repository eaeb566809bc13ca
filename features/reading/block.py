"""A block of records to a batch: those that are plain usage events; the rest is for a complete decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.batch import EventBatch
from features.codes import effort_codes, finish_codes, human_codes
from features.columns import HASHED, NUMBERS, OUR_OWN, fill_numbers
from features.identity import hash_spans
from features.reading.events import FIELDS, MET, clear, read_event
from features.reading.keys import WORDS, make_keys
from features.reading.words import Words
from features.rows import EVENT_ROW, FINISH_REFUSED, MISSING, SKETCH_ROW
from features.text.parts import TextParts
from features.times import EARLIEST_MICROS, LATEST_MICROS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from features.hashing import HashKey

_KEYS: Final = make_keys()
_MARGIN: Final = bytes(8)
"""Kernels may read, and write to the room for texts, so far beyond a record."""
_LEAST: Final = 3
"""Bytes of a message: two braces, and what parts it from the next."""
_LATENCY: Final = [field for _, field, _ in NUMBERS].index("latency_ms")


def read_plain(
    records: Sequence[bytes], key: HashKey, limit: int, latest: datetime
) -> tuple[EventBatch, NDArray[np.int64]]:
    """The events of the records that are plain, and which records these are, ascending.

    Whatever is in the batch is as a complete decoder would have it. A record is not plain where it is no
    usage event, is longer than `limit` bytes, starts after `latest`, or is written in an unusual way.
    """
    joined = b"\0".join([*records, _MARGIN])
    data = np.frombuffer(joined, dtype=np.uint8)
    bounds = np.zeros(len(records) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, records), np.int64, len(records)) + 1, out=bounds[1:])
    fields, met = np.empty(len(records), FIELDS), np.zeros(len(WORDS), MET)
    words = _room(len(joined), len(records))
    chosen = np.zeros(len(records), dtype=np.int64)
    first = np.zeros(len(records) + 1, dtype=np.int64)
    latest_micros = min(_micros(latest), LATEST_MICROS - 1)
    n = _read(data, bounds, limit, latest_micros, *_KEYS, key.k0, key.k1, fields, met, *words, chosen, first)
    return _batch(joined, fields[:n], met, words, first[: n + 1], key), chosen[:n]


def _room(size: int, records: int) -> Words:
    """For texts of so many bytes; the system gives memory when it is first written."""
    most = size // _LEAST + records
    offsets = np.empty(most + 1, np.int64)
    offsets[0] = 0
    return Words(np.empty(size, np.uint8), offsets, np.empty(most, np.uint8), np.zeros(1, np.int64))


def _micros(time: datetime) -> int:
    return int(np.datetime64(time.replace(tzinfo=None), "us").astype(np.int64))


@njit(cache=True, nogil=True)
def _read(
    data: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    limit: int,
    latest: int,
    keys: NDArray[np.void],
    names: NDArray[np.uint8],
    k0: int,
    k1: int,
    out: NDArray[np.void],
    met: NDArray[np.void],
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    parts: NDArray[np.int64],
    chosen: NDArray[np.int64],
    first: NDArray[np.int64],
) -> int:
    """Fill the first rows; how many."""
    row = 0
    for record in range(bounds.shape[0] - 1):
        start, end = bounds[record], bounds[record + 1] - 1
        fields = out[row]
        clear(fields)
        good = end - start <= limit and read_event(
            data, start, end, keys, names, k0, k1, fields, met, text, offsets, roles, parts
        )
        if good and EARLIEST_MICROS <= fields.times[0] <= latest:
            chosen[row] = record
            row += 1
            first[row] = parts[0]
        else:
            parts[0] = first[row]
    return row


def _batch(
    joined: bytes,
    fields: NDArray[np.void],
    met: NDArray[np.void],
    words: Words,
    first: NDArray[np.int64],
    key: HashKey,
) -> EventBatch:
    data = np.frombuffer(joined, dtype=np.uint8)
    rows = np.zeros(len(fields), dtype=EVENT_ROW)
    for column, (name, _) in enumerate(HASHED):
        rows[name] = fields["hashes"][:, column]
    fill_numbers(rows, fields["numbers"].T)
    _fill_times(rows, fields)
    _fill_words(rows, fields["words"].T, [_texts(data, one) for one in met])
    rows["seeded"], rows["formatted"] = fields["present"].T[:2]
    starts, ends = fields["starts"].T, fields["ends"].T
    rows["ip"], rows["ip_net"] = hash_spans(data, starts[1], ends[1], key)
    names: dict[bytes, int] = {}
    rows["account"] = [
        names.setdefault(joined[start:end], len(names))
        for start, end in zip(starts[0].tolist(), ends[0].tolist(), strict=True)
    ]
    accounts = [name.decode() for name in names]
    return EventBatch(
        rows, accounts, _parts(words, first), np.zeros(len(rows), SKETCH_ROW), np.zeros(len(rows), np.bool_)
    )


def _parts(words: Words, first: NDArray[np.int64]) -> TextParts:
    parts = int(words.parts[0])
    return TextParts(
        words.text[: words.offsets[parts]], words.offsets[: parts + 1], words.roles[:parts], first
    )


def _fill_times(rows: NDArray[np.void], fields: NDArray[np.void]) -> None:
    times = fields["times"].T
    plausible = (times >= EARLIEST_MICROS) & (times < LATEST_MICROS)
    rows["time"], rows["account_created"] = np.where(plausible, times // 1000, MISSING)
    latency = fields["numbers"][:, _LATENCY]
    rows["available"] = rows["time"] + np.rint(np.where(np.isnan(latency), 0.0, latency)).astype(np.int64)


def _fill_words(rows: NDArray[np.void], chosen: NDArray[np.int64], met: list[list[str]]) -> None:
    """Where a record has no word, it is the last one: none is put behind those that were met."""
    finish, error, effort, human, denied = met
    nothing: list[str | None] = [None]
    rows["finish"] = finish_codes([*finish, None], nothing * (len(finish) + 1))[chosen[0]]
    refused = finish_codes(nothing * (len(error) + 1), [*error, None])[chosen[1]]
    rows["finish"][refused == FINISH_REFUSED] = FINISH_REFUSED
    rows["effort"] = effort_codes([*effort, None])[chosen[2]]
    rows["human"] = human_codes([*human, None])[chosen[3]]
    rows["denied"] = np.array([*(word == OUR_OWN for word in denied), False])[chosen[4]]


def _texts(data: NDArray[np.uint8], met: np.void) -> list[str]:
    count = met["count"]
    spans = zip(met["starts"][:count].tolist(), met["ends"][:count].tolist(), strict=True)
    return [data[start:end].tobytes().decode() for start, end in spans]
