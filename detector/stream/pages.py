"""State as pages: which of them differ from those that were stored last, and state from pages again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import xxhash
import zstandard

from detector.store.checkpoints import CheckpointDelta, Page
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

PAGE: Final = 1 << 16
"""Bytes of a page: small enough that a few changed rows cost little, large enough to compress."""

_LEVEL: Final = 1
_DAMAGED: Final = (
    msgspec.MsgspecError, zstandard.ZstdError, ValueError, TypeError, KeyError, IndexError, MemoryError,
    SyntaxError, RecursionError,
)  # fmt: skip
"""What comes of reading bytes that are no checkpoint."""
_STORED: Final = "stored"


class StateError(Exception):
    """A stored state cannot be used: says why, and the remedy."""


class _Array(msgspec.Struct, frozen=True):
    dtype: str
    aligned: bool
    length: int


class _Manifest(msgspec.Struct, frozen=True):
    version: str
    facts: dict[str, Any]
    outline: dict[str, Any]
    arrays: dict[str, _Array]


class _Told(msgspec.Struct, frozen=True):
    """What a manifest tells whoever does not read the state, whatever its version."""

    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A checkpoint to be stored, and what to know of it once it is."""

    delta: CheckpointDelta
    digests: Mapping[str, NDArray[np.uint64]]
    bytes: int
    """of the pages that changed, before they are compressed"""


class Pager:
    """Knows the pages that were stored last, by their digests: 8 bytes for each 65,536.

    All of the state is read to find what changed, at the speed of memory; only that is compressed and
    written. A page that changed goes unnoticed if its 64-bit digest (XXH3) stays the same: once in 2^64.
    """

    def __init__(self, version: str) -> None:
        """`version` names what the state depends on beside the events, and is checked when it is read."""
        self._version = version
        self._digests: Mapping[str, NDArray[np.uint64]] = {}

    def delta(self, tick: int, state: State, facts: Mapping[str, Any]) -> Written:
        """What changed since the state that `stored` was last told of; `state` must stay until it is used."""
        arrays = state.flat()
        manifest = _Manifest(
            self._version,
            dict(facts),
            state.outline(),
            {name: _described(array) for name, array in arrays.items()},
        )
        bodies = {name: _bytes(array) for name, array in arrays.items() if len(array)}
        digests = {name: _digests(body) for name, body in bodies.items()}
        changed = {name: self._changed(name, found) for name, found in digests.items()}
        delta = CheckpointDelta(
            tick=tick,
            manifest=msgspec.json.encode(manifest),
            lengths={name: len(found) for name, found in digests.items()},
            pages=_Pages(bodies, changed),
        )
        return Written(delta, digests, PAGE * sum(map(len, changed.values())))

    def stored(self, written: Written) -> None:
        """The delta is durable."""
        self._digests = written.digests

    def load(self, manifest: bytes, pages: Iterable[Page]) -> tuple[State, dict[str, Any]]:
        """The state and the facts of a checkpoint.

        Raises `StateError` for one of another version, and for one that is damaged or lacks pages.
        """
        try:
            return self._loaded(manifest, pages)
        except _DAMAGED as error:
            raise StateError("the stored state is damaged; restore the store from its backup") from error

    def _loaded(self, manifest: bytes, pages: Iterable[Page]) -> tuple[State, dict[str, Any]]:
        told = msgspec.json.decode(manifest, type=_Manifest)
        if told.version != self._version:
            raise StateError(
                "the stored state was made by another release, under another key or with other ticks; run "
                "with those, or score the topic again from its start with an empty store"
            )
        arrays = {name: np.zeros(one.length, dtype=_dtype(one)) for name, one in told.arrays.items()}
        _fill(arrays, pages)
        digests = {name: _digests(_bytes(array)) for name, array in arrays.items() if len(array)}
        self._digests = digests
        return State.of(told.outline, arrays), told.facts

    def _changed(self, name: str, found: NDArray[np.uint64]) -> NDArray[np.int64]:
        before = self._digests.get(name, found[:0])[: len(found)]
        same = np.zeros(len(found), dtype=np.bool_)
        same[: len(before)] = found[: len(before)] == before
        return np.flatnonzero(~same)


def stored_facts(model: str, now: int) -> dict[str, Any]:
    """What is told of a checkpoint beside the state: the model in use, and the wall clock in ms."""
    return {"model": model, _STORED: now}


def stored_at(manifest: bytes) -> int | None:
    """When a checkpoint was made, ms of the wall clock; None: by a release that did not tell."""
    stored: int | None = msgspec.json.decode(manifest, type=_Told).facts.get(_STORED)
    return stored


def layout(fresh: State) -> str:
    """Names what a state without events is made of: arrays, their types, objects and their attributes.

    A release that keeps something else has another layout, and refuses a state that it would misread.
    """
    told = {name: _described(array) for name, array in fresh.flat().items()}
    arrays = {name: (one.dtype, one.aligned) for name, one in told.items()}
    said = msgspec.json.encode([fresh.outline(), arrays], order="sorted")
    return hashlib.blake2b(said, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Pages:
    """Pages, compressed as they are asked for, and again if they are asked for again."""

    bodies: Mapping[str, memoryview]
    changed: Mapping[str, NDArray[np.int64]]

    def __iter__(self) -> Iterator[Page]:
        compressor = zstandard.ZstdCompressor(level=_LEVEL)
        for name, numbers in self.changed.items():
            for number in numbers.tolist():
                piece = self.bodies[name][number * PAGE : (number + 1) * PAGE]
                yield Page(name, number, compressor.compress(piece))


def _bytes(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).view(np.uint8).data


def _digests(body: memoryview) -> NDArray[np.uint64]:
    starts = range(0, len(body), PAGE)
    return np.array([xxhash.xxh3_64_intdigest(body[at : at + PAGE]) for at in starts], dtype=np.uint64)


def _fill(arrays: Mapping[str, NDArray[Any]], pages: Iterable[Page]) -> None:
    bodies = {name: _bytes(array) for name, array in arrays.items()}
    missing = {(name, start // PAGE) for name, body in bodies.items() for start in range(0, len(body), PAGE)}
    decompressor = zstandard.ZstdDecompressor()
    for page in pages:
        missing.remove((page.array, page.number))
        start = page.number * PAGE
        # A piece of another length than its place is a ValueError.
        bodies[page.array][start : start + PAGE] = decompressor.decompress(page.body)
    if missing:
        raise KeyError(*missing)


def _described(array: NDArray[Any]) -> _Array:
    descr = msgspec.json.encode(np.lib.format.dtype_to_descr(array.dtype)).decode()
    return _Array(descr, array.dtype.isalignedstruct, len(array))


def _dtype(told: _Array) -> np.dtype[Any]:
    found = np.lib.format.descr_to_dtype(_tupled(msgspec.json.decode(told.dtype)))
    return _aligned(found) if told.aligned else found


def _aligned(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """To Numba rows that are not marked as aligned are of another type, which its kernels do not mix."""
    fields = [dtype.fields[name] for name in dtype.names or ()] if dtype.fields else []
    layout = {
        "names": dtype.names,
        "formats": [field[0] for field in fields],
        "offsets": [field[1] for field in fields],
        "itemsize": dtype.itemsize,
    }
    return np.dtype(layout, align=True)  # type: ignore[call-overload,no-any-return]  # NumPy types no layouts in dictionaries


def _tupled(descr: Any) -> Any:
    """JSON has no tuples, and NumPy tells fields from lists by them."""
    if isinstance(descr, list):
        return [tuple(_shaped(part) for part in field) for field in descr]
    return descr


def _shaped(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) and all(isinstance(n, int) for n in part) else part
