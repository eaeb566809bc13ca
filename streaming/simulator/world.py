"""A world: actors on a stage, played slice by slice in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from streaming.simulator.lines import Lines, Written
from streaming.simulator.requests import HOUR, REQUEST, none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

SLICE: Final = 8 * HOUR
"""What is made at one time, at most; each slice costs every actor some hundred calls."""
_ROWS: Final = 1_000_000
"""Rows to be expected of a slice at most, unless an hour has more."""
CHUNK: Final = 50_000
"""Rows that are text at one time."""


class Actor(Protocol):
    """Accounts that are played together."""

    name: str

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """Requests whose sessions start in [start, end) ms; in no order, some may come after `end`."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of the log, and the rows that they came from."""

    rows: NDArray[np.void]
    ids: tuple[NDArray[np.uint64], NDArray[np.uint64]]
    text: bytes
    """the rows' lines, with lifecycle records among them"""


def play(stage: Stage, actors: Sequence[Actor]) -> Iterator[Chunk]:
    """The log of a world in order of time; memory is bounded by one slice and by sessions that run on."""
    lines = Lines(stage)
    records = sorted(stage.lifecycle)
    waiting = none()
    clock = stage.clock
    length = _slice(stage, actors)
    for start in range(clock.start, clock.end, length):
        end = min(start + length, clock.end)
        made = [actor.requests(start, end, stage.rng("requests", actor.name, start)) for actor in actors]
        rows = np.concatenate([waiting, *made], dtype=REQUEST)  # named, or promoted pair by pair
        order = np.argsort(rows["time"], kind="stable")
        due, kept = np.searchsorted(rows["time"], (end, clock.end), sorter=order)
        now, waiting = rows[order[:due]], rows[order[due:kept]]
        for at in range(0, len(now), CHUNK):
            yield from _chunks(lines, now[at : at + CHUNK], records)
    if records:
        empty = np.zeros(0, dtype=np.uint64)
        yield Chunk(none(), (empty, empty), _said(records))


def _slice(stage: Stage, actors: Sequence[Actor]) -> int:
    """Length in ms of what is made at one time: less than `SLICE` where that would be too many rows."""
    expected = sum(actor.expected(stage.clock.end) for actor in actors)
    hours = _ROWS * stage.clock.days * 24 / max(1.0, expected)
    return min(max(1, int(hours)) * HOUR, SLICE)


def _chunks(lines: Lines, rows: NDArray[np.void], records: list[tuple[int, str]]) -> Iterator[Chunk]:
    ids = lines.ids(len(rows))
    first = 0
    for written in lines.write(rows, ids):
        part = slice(first, first + len(written.ends))
        first = part.stop
        text = _interleave(written, rows["time"][part], records)
        yield Chunk(rows[part], (ids[0][part], ids[1][part]), text)


def _interleave(written: Written, times: NDArray[np.int64], records: list[tuple[int, str]]) -> bytes:
    """Put the records that are due among the lines, and drop them from `records`."""
    parts: list[bytes | memoryview] = []
    cut = 0
    while records and records[0][0] <= times[-1]:
        before = int(np.searchsorted(times, records[0][0]))
        end = int(written.ends[before - 1]) if before else 0
        parts += [written.text[cut:end], _said(records[:1])]
        cut = end
        del records[0]
    return b"".join([*parts, written.text[cut:]])


def _said(records: Sequence[tuple[int, str]]) -> bytes:
    return "".join(f"{record}\n" for _, record in records).encode()
