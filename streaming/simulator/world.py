"""A world: actors on a stage, played slice by slice in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from streaming.simulator.lines import Lines
from streaming.simulator.requests import HOUR, none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

SLICE: Final = 6 * HOUR
CHUNK: Final = 50_000
"""Rows that are text at one time."""


class Actor(Protocol):
    """Accounts that are played together."""

    name: str

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """Requests whose sessions start in [start, end) ms; in no order, some may come after `end`."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of the log, and the rows that they came from."""

    rows: NDArray[np.void]
    ids: list[str]
    lines: list[str]
    """of the rows, with lifecycle records among them"""


def play(stage: Stage, actors: Sequence[Actor]) -> Iterator[Chunk]:
    """The log of a world in order of time; memory is bounded by one slice and by sessions that run on."""
    lines = Lines(stage)
    records = sorted(stage.lifecycle)
    waiting = none()
    clock = stage.clock
    for start in range(clock.start, clock.end, SLICE):
        end = min(start + SLICE, clock.end)
        made = [actor.requests(start, end, stage.rng("requests", actor.name, start)) for actor in actors]
        rows = np.concatenate([waiting, *made])
        rows = rows[rows["time"] < clock.end]
        due = rows["time"] < end
        waiting = rows[~due]
        now = rows[due]
        now = now[np.argsort(now["time"], kind="stable")]
        for at in range(0, len(now), CHUNK):
            yield _chunk(lines, now[at : at + CHUNK], records)
    if records:
        yield Chunk(none(), [], [text for _, text in records])


def _chunk(lines: Lines, rows: NDArray[np.void], records: list[tuple[int, str]]) -> Chunk:
    ids = lines.ids(len(rows))
    text = lines.write(rows, ids)
    last = int(rows["time"][-1])
    due = 0
    while due < len(records) and records[due][0] <= last:
        due += 1
    passed = records[:due]
    del records[:due]
    for time, record in reversed(passed):
        text.insert(int(np.searchsorted(rows["time"], time)), record)
    return Chunk(rows, ids, text)
