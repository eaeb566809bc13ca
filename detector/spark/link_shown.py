"""In executors: frames of sketched events in, and out who showed which objects, one row a pair and batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from detector.campaigns.kernels import keys_of_each
from detector.frames import decompressor, unpack
from detector.pending import joined
from features.account.fold import DAY
from features.hashing import hash_strings
from features.population.layout import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from detector.pending import Chunk
    from features.hashing import HashKey

AT_ONCE: Final = 65_536
"""Events that are looked at together; more of them are fewer rows to shuffle, and more memory."""

IDS: Final = "event long, step long, file int, block int, at int, available long"
MET: Final = "account long, key long"
FIRST: Final = "struct<available:long,event:long,day:int>"
SHOWN: Final = f"key long, kind int, account long, requests long, day int, first {FIRST}"

COUNTED: Final = f"key long, kind int, first {FIRST}, accounts long"

_FIRSTS: Final = 3
"""The third account makes a population."""
_FIRST: Final = pa.struct([("available", pa.int64()), ("event", pa.int64()), ("day", pa.int32())])
_SIGN: Final = np.uint64(1 << 63)


@dataclass(frozen=True, slots=True)
class Period:
    """Which events count: of one window, each once."""

    version: str
    """of the frames"""
    since: int
    """day since the epoch on which an event must have started, or later"""
    until: int
    """ms; it must have become available by then"""
    doubles: NDArray[np.void]
    """dtype DOUBLE, by event: where the first of several events of one id is"""

    def events(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Chunk]:
        """The events of frames, given as rows of `step`, `file`, `block` and `frame`, some at a time."""
        held: list[Chunk] = []
        events = 0
        decompress = decompressor()
        for batch in batches:
            for row in batch.to_pylist():
                chunk, _ = unpack(row["frame"], 0, self.version, decompress)
                kept = self._counts(chunk, row)
                held.append(chunk if kept.all() else chunk.at(np.flatnonzero(kept)))
                events += len(held[-1].rows)
                if events >= AT_ONCE:
                    yield joined(held)
                    held, events = [], 0
        if held:
            yield joined(held)

    def _counts(self, chunk: Chunk, row: dict[str, int]) -> NDArray[np.bool_]:
        rows = chunk.rows
        kept: NDArray[np.bool_] = (rows["available"] <= self.until) & (rows["time"] // DAY >= self.since)
        if len(self.doubles):
            place = np.minimum(np.searchsorted(self.doubles["event"], rows["event"]), len(self.doubles) - 1)
            first = self.doubles[place]
            there = (first["step"] == row["step"]) & (first["file"] == row["file"])
            there &= (first["block"] == row["block"]) & (first["at"] == np.arange(len(rows)))
            kept &= (first["event"] != rows["event"]) | there
        return kept


DOUBLE: Final = np.dtype(
    [("event", "<u8"), ("step", "<i8"), ("file", "<i4"), ("block", "<i4"), ("at", "<i4")]
)


@dataclass(frozen=True, slots=True)
class Ids:
    """Where each event is, and when it became available."""

    version: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """As IDS says, of the frames of `batches`."""
        decompress = decompressor()
        for batch in batches:
            for row in batch.to_pylist():
                rows = unpack(row["frame"], 0, self.version, decompress)[0].rows
                place = [pa.repeat(pa.scalar(row[name], kind), len(rows)) for name, kind in _PLACE]
                at = pa.array(np.arange(len(rows), dtype=np.int32))
                columns = [_signed(rows["event"]), *place, at, pa.array(rows["available"])]
                yield pa.RecordBatch.from_arrays(columns, ["event", *dict(_PLACE), "at", "available"])


_PLACE: Final = (("step", pa.int64()), ("file", pa.int32()), ("block", pa.int32()))


@dataclass(frozen=True, slots=True)
class Met:
    """Which accounts there are, and which objects those of them show that may be linked."""

    period: Period
    key: HashKey
    linked: NDArray[np.uint64]
    """hashes of the accounts that may be linked, ascending"""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """As MET says: an account with 0, or 0 with the key of an object."""
        for chunk in self.period.events(batches):
            accounts, keys = _objects(chunk, self.key)
            among = np.isin(accounts, self.linked)
            shown = np.unique(keys[among])
            shown = shown[shown != 0]
            there = np.unique(accounts)
            none = np.zeros(len(there) + len(shown), dtype=np.uint64)
            account, key = none.copy(), none
            account[: len(there)], key[len(there) :] = there, shown
            yield pa.RecordBatch.from_arrays([_signed(account), _signed(key)], ["account", "key"])


@dataclass(frozen=True, slots=True)
class Showing:
    """Who shows some objects: how often, when last, and when first."""

    period: Period
    key: HashKey
    wanted: NDArray[np.uint64]
    """keys of objects, ascending"""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """As SHOWN says; an account and an object have a row in each batch in which they are together."""
        for chunk in self.period.events(batches):
            accounts, keys = _objects(chunk, self.key)
            event, kind = np.nonzero(np.isin(keys, self.wanted) & (keys != 0))
            yield _pairs(chunk.rows[event], accounts[event], keys[event, kind], kind)


@dataclass(frozen=True, slots=True)
class Counting:
    """How many accounts show each object, and when the first of them did, of pairs that are there once."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """As COUNTED says: an object has a row for each of its first accounts in a batch."""
        for batch in batches:
            keys, first = batch["key"].to_numpy(), batch["first"]
            event, available = (first.field(name).to_numpy() for name in ("event", "available"))
            order = np.lexsort((event, available, keys))
            keys = keys[order]
            starts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
            sizes = np.diff(starts, append=len(keys))
            rank = np.arange(len(keys)) - np.repeat(starts, sizes)
            kept = np.flatnonzero(rank < _FIRSTS)
            accounts = np.where(rank == 0, np.repeat(sizes, sizes), 0)[kept]
            some = batch.take(pa.array(order[kept]))
            yield some.append_column("accounts", pa.array(accounts))


def hashed(names: list[str], key: HashKey) -> NDArray[np.uint64]:
    """What accounts are told apart by, as tables of accounts do."""
    found: NDArray[np.uint64] = hash_strings(names, key)
    return found


def _objects(chunk: Chunk, key: HashKey) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The account and the objects of each event, shapes (n,) and (n, kinds)."""
    keys = np.empty((len(chunk.rows), len(KINDS)), dtype=np.uint64)
    keys_of_each(chunk.rows, chunk.sketches, keys)
    return hashed(list(chunk.names), key)[chunk.rows["account"]], keys


def _pairs(
    rows: NDArray[np.void], accounts: NDArray[np.uint64], keys: NDArray[np.uint64], kinds: NDArray[np.int64]
) -> pa.RecordBatch:
    order = np.lexsort((rows["event"], rows["available"], accounts, keys))
    rows, accounts, keys, kinds = rows[order], accounts[order], keys[order], kinds[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (accounts[1:] != accounts[:-1])
    starts = np.flatnonzero(new)
    days = (rows["time"] // DAY).astype(np.int32)
    first = rows[starts]
    firsts = [pa.array(first["available"]), _signed(first["event"] ^ _SIGN), pa.array(days[starts])]
    columns = [
        _signed(keys[starts]),
        pa.array(kinds[starts].astype(np.int32)),
        _signed(accounts[starts]),
        pa.array(np.diff(starts, append=len(order)).astype(np.int64)),
        pa.array(np.maximum.reduceat(days, starts) if len(starts) else days),
        pa.StructArray.from_arrays(firsts, fields=list(_FIRST)),
    ]
    return pa.RecordBatch.from_arrays(columns, ["key", "kind", "account", "requests", "day", "first"])


def _signed(values: NDArray[np.uint64]) -> pa.Array:
    """Words as Spark has them: it knows no unsigned ones."""
    return pa.array(np.ascontiguousarray(values).view(np.int64))
