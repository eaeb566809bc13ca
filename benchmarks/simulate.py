"""Worker: CPU seconds an event of making a world, beside what must be paid for its bytes anyway.

    python benchmarks/simulate.py TASK

Tasks: `simulate` (rows, lines, compression and truth), `compress` (the same bytes, already made, through
zstd) and `encode` (the same events, already objects, by msgspec), each from the 100,000th event on.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import zstandard

from features.contract import UsageEvent
from streaming.simulator.family import all_families
from streaming.simulator.plan import Campaign, WorldPlan, stage_world
from streaming.simulator.world import Chunk, play
from streaming.simulator.writer import WorldWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN: Final = WorldPlan(
    1,
    honest=5_000,
    days=10,
    events=600_000,
    campaigns=tuple(Campaign(name, scale=0.02) for name in all_families()),
)
WARM: Final = 100_000
KEPT: Final = 100_000
"""Events that are kept in memory for the ceilings."""


def simulated() -> dict[str, float]:
    """The whole of it, at steady state."""
    events = size = 0
    spent = 0.0
    stage, actors = stage_world(PLAN)
    with tempfile.TemporaryDirectory() as folder, WorldWriter(Path(folder), stage) as writer:
        chunks = play(stage, actors)
        seen, began = 0, time.process_time()
        for chunk in chunks:
            writer.text(chunk.text)
            if len(chunk.rows):
                writer.truth(chunk.rows, chunk.ids)
            now = time.process_time()
            if seen >= WARM:
                events, size, spent = events + len(chunk.rows), size + len(chunk.text), spent + now - began
            seen, began = seen + len(chunk.rows), now
    return {"events": events, "bytes": size, "seconds": spent}


def compressed() -> dict[str, float]:
    """Made bytes through zstd, at the writer's level."""
    kept = list(_kept())
    began = time.process_time()
    with zstandard.ZstdCompressor(level=1).stream_writer(io.BytesIO()) as out:
        for chunk in kept:
            out.write(chunk.text)
    return _figures(kept, time.process_time() - began)


def encoded() -> dict[str, float]:
    """Decoded events to lines by msgspec."""
    kept = list(_kept())
    decode, encode = msgspec.json.Decoder(UsageEvent).decode, msgspec.json.Encoder().encode
    events = [decode(line) for chunk in kept for line in chunk.text.splitlines()]
    began = time.process_time()
    for event in events:
        encode(event)
    return _figures(kept, time.process_time() - began)


def _kept() -> Iterator[Chunk]:
    stage, actors = stage_world(PLAN)
    seen = 0
    for chunk in play(stage, actors):
        if WARM <= seen < WARM + KEPT:
            yield chunk
        seen += len(chunk.rows)
        if seen >= WARM + KEPT:
            return


def _figures(chunks: list[Chunk], seconds: float) -> dict[str, float]:
    return {
        "events": sum(len(chunk.rows) for chunk in chunks),
        "bytes": sum(len(chunk.text) for chunk in chunks),
        "seconds": seconds,
    }


TASKS: Final = {"simulate": simulated, "compress": compressed, "encode": encoded}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]]()))
