"""Accepted events as bytes: what an intake makes durable, and a leader folds.

A frame holds the events of one origin and one tick, and the bans and releases that it told of, as fixed-size
rows of keyed hashes and numbers. No text is in it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import zstandard

from detector.pending import Chunk
from features.batch import Lifecycle
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features.text.edge import EdgeVersion

_LAYOUT: Final = hashlib.blake2b(
    repr((EVENT_ROW.descr, SKETCH_ROW.descr)).encode(), digest_size=8
).hexdigest()

_LEVEL: Final = 1
"""Of zstandard: higher ones gain 1 % and take half as long again (182 of 432 bytes an event, measured)."""


def frame_version(edge: EdgeVersion) -> str:
    """Names what frames were made by, so that hashes and rows of another origin are not taken for ours."""
    return f"{_LAYOUT}.{edge.kernel}.{edge.weights}.{edge.key}"


class FrameError(Exception):
    """A frame cannot be read: says why, and the remedy."""


class _Body(msgspec.Struct, array_like=True, frozen=True):
    version: str
    rows: bytes
    sketches: bytes
    names: list[str]
    lifecycle: list[tuple[str, int, str]]


def compressor() -> zstandard.ZstdCompressor:
    """What `pack` takes: to make it costs as much as to compress a small frame. For one thread at a time."""
    return zstandard.ZstdCompressor(level=_LEVEL)


def pack(
    chunk: Chunk,
    lifecycle: Sequence[Lifecycle],
    version: str,
    compress: zstandard.ZstdCompressor | None = None,
) -> bytes:
    """The frame of a tick's events and of what became known with them."""
    told = [(record.kind, record.time, record.subject) for record in lifecycle]
    body = _Body(version, chunk.rows.tobytes(), chunk.sketches.tobytes(), list(chunk.names), told)
    return (compress or compressor()).compress(msgspec.msgpack.encode(body))


def decompressor() -> zstandard.ZstdDecompressor:
    """What `unpack` takes: to make it costs ten times as much as to use it. For one thread at a time."""
    return zstandard.ZstdDecompressor()


def unpack(
    frame: bytes, tick: int, version: str, decompress: zstandard.ZstdDecompressor | None = None
) -> tuple[Chunk, list[Lifecycle]]:
    """What `pack` was given, for its tick; raises `FrameError` for a frame of another version."""
    try:
        plain = (decompress or decompressor()).decompress(frame)
        body = msgspec.msgpack.decode(plain, type=_Body)
        _require(version, body)
        rows = np.frombuffer(bytearray(body.rows), dtype=EVENT_ROW)
        sketches = np.frombuffer(bytearray(body.sketches), dtype=SKETCH_ROW)
    except (zstandard.ZstdError, msgspec.DecodeError, ValueError, MemoryError) as error:
        raise FrameError("a stored frame is damaged; restore the store from its backup") from error
    ticks = np.full(len(rows), tick, dtype=np.int64)
    return Chunk(rows, sketches, ticks, body.names), [Lifecycle(*told) for told in body.lifecycle]


def _require(version: str, body: _Body) -> None:
    """Before its rows are read: those of another release may be of another length."""
    if body.version != version:
        raise FrameError(
            "stored events were made by another release, with another model's text weights or under another "
            "key; run with those until they are scored, or read the topic again with an empty store"
        )
