"""In executors: log files in, and frames of sketched events out, whose order is that of one replay.

A replay of several files takes their events by the latest start time that each file has shown so far, and
events of one time by the order of the files. That time only ascends within a file. So a file is cut where it
passes a step of five minutes, and events of one step come before those of the next, whatever file they are
of: frames can be sorted by step, file and block, and only those of one step have to be merged.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from detector.frames import compressor, frame_version, pack
from detector.intake import Counts
from detector.pending import EMPTY, Chunk
from detector.reader import LogReader
from features.account.fold import DAY
from features.adapters import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from detector.compose import Intake
    from features.batch import EventBatch, Lifecycle
    from streaming.dead_letters import DeadLetter

STEP: Final = 300_000
"""ms"""
_BEHIND: Final = 10
"""Niceness."""
LETTERS: Final = 100_000
"""Dead letters that are kept of a file; of more there is only their number."""

FRAMES: Final = pa.schema(
    {
        "day": pa.int32(),
        "step": pa.int64(),
        "file": pa.int32(),
        "block": pa.int32(),
        "events": pa.int32(),
        "lines": pa.int32(),
        "frame": pa.binary(),
        "letters": pa.binary(),
        "broken": pa.string(),
        "refused": pa.string(),
    }
)
"""A frame of a file and a step. `lines` and `letters` are with the first frame of a block; `broken` says why
a file could be read no further, and `refused` why it is none of ours."""
COLUMNS: Final = (
    "day int, step long, file int, block int, events int, lines int, "
    "frame binary, letters binary, broken string, refused string"
)
"""The same for Spark."""


class Letter(msgspec.Struct, array_like=True, frozen=True):
    """A dead letter of a file."""

    position: int
    reason: str
    detail: str
    payload: bytes | None


class Letters(msgspec.Struct, array_like=True, frozen=True):
    """Those of a block: how many by reason, and those that were kept."""

    counts: dict[str, int]
    kept: list[Letter]


@dataclass(frozen=True, slots=True)
class Sketching:
    """What executors need: it is sent to them with the job, and holds the key that hashes are made with."""

    intake: Intake
    keep_payload: bool
    behind: bool = False
    """on cores that the driver has, too: it folds what others only prepare, so that it goes first"""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The frames of files, given as rows of `file` (its place in the order) and `path`."""
        if self.behind:
            os.setpriority(os.PRIO_PROCESS, 0, _BEHIND)
        for batch in batches:
            for file, path in zip(*(batch[name].to_pylist() for name in ("file", "path")), strict=True):
                for row in _FileFrames(self, file, path).rows():
                    yield pa.RecordBatch.from_pylist([row], schema=FRAMES)


class _FileFrames:
    """The frames of one file, in its order."""

    def __init__(self, sketching: Sketching, file: int, path: str) -> None:
        intake = sketching.intake
        self._kernel = intake.kernel
        self._version = frame_version(intake.reading.edge)
        self._letters = _Letters(sketching.keep_payload)
        self._counts = Counts()
        self._reader = LogReader([path], intake.reading, self._counts, self._letters, lambda _: None)
        self._compressor = compressor()
        self._file = file
        self._block = 0
        self._lines = 0
        self._told = 0
        self._latest = np.iinfo(np.int64).min

    def rows(self) -> Iterator[dict[str, Any]]:
        """As FRAMES says."""
        try:
            for batch in self._reader.batches():
                yield from self._of(batch)
        except FormatError as error:
            yield self._row(0, EMPTY, refused=str(error))
        for broken in self._reader.errors:
            yield self._row(0, EMPTY, broken=str(broken))

    def _of(self, batch: EventBatch) -> Iterator[dict[str, Any]]:
        chunk = Chunk(batch.rows, self._sketched(batch), np.zeros(len(batch.rows), np.int64), batch.accounts)
        steps = self._steps(batch.rows["time"])
        if len(steps) == 0:
            yield self._row(0, EMPTY)
            return
        cuts = [0, *(np.flatnonzero(np.diff(steps)) + 1).tolist(), len(steps)]
        for start, end in pairwise(cuts):
            whole = end - start == len(steps)
            yield self._row(int(steps[start]), chunk if whole else chunk.at(np.arange(start, end)))

    def _sketched(self, batch: EventBatch) -> NDArray[np.void]:
        sketches = self._kernel.sketch(batch.parts)
        sketches[batch.sketched] = batch.sketches[batch.sketched]
        return sketches

    def _steps(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(times) == 0:
            return times
        keys = np.maximum.accumulate(np.maximum(times, self._latest))
        self._latest = int(keys[-1])
        return keys // STEP

    def _row(
        self, step: int, chunk: Chunk, broken: str | None = None, refused: str | None = None
    ) -> dict[str, Any]:
        row = {
            "day": step * STEP // DAY,
            "step": step,
            "file": self._file,
            "block": self._block,
            "events": len(chunk.rows),
            "lines": self._counts.read - self._lines,
            "frame": pack(chunk, self._new(), self._version, self._compressor),
            "letters": self._letters.take(),
            "broken": broken,
            "refused": refused,
        }
        self._block += 1
        self._lines = self._counts.read
        return row

    def _new(self) -> Sequence[Lifecycle]:
        told = self._reader.lifecycle[self._told :]
        self._told += len(told)
        return told


class _Letters:
    """Dead letters of a file, until they are sent."""

    def __init__(self, keep_payload: bool) -> None:  # noqa: FBT001 - the only setting
        self._keep_payload = keep_payload
        self._room = LETTERS
        self._counts: Counter[str] = Counter()
        self._kept: list[Letter] = []

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Count `letters`, and keep those for which there is room."""
        for one in letters:
            self._counts[one.reason] += 1
            if self._room:
                self._room -= 1
                payload = one.payload if self._keep_payload else None
                self._kept.append(Letter(one.position, one.reason, one.detail, payload))

    def take(self) -> bytes | None:
        """Those since the last call; None: there are none."""
        if not self._counts:
            return None
        found = msgspec.msgpack.encode(Letters(dict(self._counts), self._kept))
        self._counts, self._kept = Counter(), []
        return found
