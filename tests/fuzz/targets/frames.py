"""Stored frames: read back, or `FrameError`."""

from __future__ import annotations

from typing import Final

import msgspec
import zstandard

from detector.frames import FrameError, frame_version, unpack
from tests.fuzz.parts import EDGE

VERSION: Final = frame_version(EDGE)


def fuzz(data: bytes) -> None:
    """The bytes as they are, and as the rows of a frame that is otherwise sound."""
    half = len(data) // 2
    body = msgspec.msgpack.encode((VERSION, data[:half], data[half:], [], []))
    for plain in (data, body):
        for frame in (plain, zstandard.ZstdCompressor(level=1).compress(plain)):
            try:
                chunk, told = unpack(frame, 7, VERSION)
            except FrameError:
                continue
            assert len(chunk.rows) == len(chunk.sketches) == len(chunk.ticks)
            assert all(isinstance(one.subject, str) for one in told)
