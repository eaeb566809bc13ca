"""Reads a stage in the order in which a replay reads the logs that it was made of."""

from __future__ import annotations

from bisect import bisect_left
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import pyarrow.dataset as ds

from detector.frames import decompressor, frame_version, unpack
from detector.reader import unread
from detector.spark.sketching import FRAMES, Letters
from features.batch import EventBatch
from features.text.parts import TextParts
from streaming.dead_letters import DeadLetter
from streaming.merge import merge
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from detector.compose import Intake
    from detector.intake import Counts
    from detector.pending import Chunk
    from detector.spark.ahead import Wave
    from features.batch import Lifecycle
    from streaming.dead_letters import DeadLetters

AT_ONCE: Final = 262_144
"""Events that are read at once, but for a single step with more."""

_INDEX: Final = ["step", "file", "events", "broken", "refused", "__filename"]
_COLUMNS: Final = ["step", "file", "block", "lines", "frame", "letters"]
_by_step: Final = itemgetter("step", "file")


class StageReader:
    """Reads a stage once, as `detector.reader.LogReader` reads logs; `errors` holds those that broke off."""

    def __init__(
        self,
        waves: Iterable[Wave],
        paths: Sequence[str],
        intake: Intake,
        counts: Counts,
        letters: DeadLetters,
    ) -> None:
        """Of `paths` in the order in which they were given to `detector.spark.ahead`."""
        self.lifecycle: list[Lifecycle] = []
        self._broken: list[tuple[int, str]] = []
        self._refused: list[tuple[int, str]] = []
        self._unread: list[SourceError] = []
        self._is_any = False
        self._waves = waves
        self._paths = paths
        self._version = frame_version(intake.reading.edge)
        self._decompress = decompressor()
        self._counts = counts
        self._letters = letters

    @property
    def errors(self) -> list[SourceError]:
        """Of the logs that broke off, in their order."""
        return [*(SourceError(error) for _, error in sorted(self._broken)), *self._unread]

    def batches(self) -> Iterator[EventBatch]:
        """Every event, sketched, in order of time over all files; raises as `LogReader.batches`."""
        held: list[dict[str, Any]] = []
        for wave in self._waves:
            held = sorted(held + self._index(wave.folder), key=_by_step)
            complete = bisect_left(held, wave.until, key=itemgetter("step"))
            yield from self._within(held[:complete])
            held = held[complete:]
        self._unread = unread([error for _, error in sorted(self._refused)], is_any=self._is_any)

    def _index(self, folder: Path) -> list[dict[str, Any]]:
        stage = ds.dataset(folder, format="parquet", partitioning="hive", schema=FRAMES)
        index = stage.to_table(columns=_INDEX).sort_by("file")
        rows: list[dict[str, Any]] = index.to_pylist()
        self._broken += [(row["file"], row["broken"]) for row in rows if row["broken"] is not None]
        self._refused += [(row["file"], row["refused"]) for row in rows if row["refused"] is not None]
        return [row for row in rows if row["refused"] is None]

    def _within(self, index: Sequence[dict[str, Any]]) -> Iterator[EventBatch]:
        for some in _ranges(index):
            for _, of_step in groupby(some.rows(), key=itemgetter("step")):
                of_files = groupby(of_step, key=itemgetter("file"))
                yield from merge([iter([self._batch(row) for row in of]) for _, of in of_files])

    def _batch(self, row: dict[str, Any]) -> EventBatch:
        chunk, told = unpack(row["frame"], 0, self._version, self._decompress)
        counts = self._counts
        counts.read += row["lines"]
        self._is_any |= row["lines"] > 0
        counts.lifecycle += len(told)
        counts.accepted += len(told)
        self.lifecycle += told
        if row["letters"] is not None:
            self._bury(msgspec.msgpack.decode(row["letters"], type=Letters), self._paths[row["file"]])
        return _batch(chunk)

    def _bury(self, letters: Letters, origin: str) -> None:
        self._counts.dead_lettered += sum(letters.counts.values())
        left = dict(letters.counts)
        for one in letters.kept:
            left[one.reason] -= 1
        # Of a file with more than are kept the rest only counts.
        said = [DeadLetter(origin, one.position, one.reason, one.detail, one.payload) for one in letters.kept]
        counted = [DeadLetter(origin, 0, reason, "") for reason, many in left.items() for _ in range(many)]
        self._letters.write(said + counted)


class _Range(NamedTuple):
    """Steps that are read at once, both included, and the files of the stage that they are in."""

    first: int
    last: int
    names: list[str]

    def rows(self) -> list[dict[str, Any]]:
        """The frames, by step, file and block."""
        step = ds.field("step")
        within = (step >= self.first) & (step <= self.last)
        found = ds.dataset(self.names, schema=FRAMES).to_table(columns=_COLUMNS, filter=within)
        order = [(name, "ascending") for name in ("step", "file", "block")]
        return list(found.sort_by(order).to_pylist())


def _ranges(index: Iterable[dict[str, Any]]) -> Iterator[_Range]:
    """Steps in their order, as many as come to AT_ONCE events."""
    held: list[dict[str, Any]] = []
    events = 0
    for _, of_step in groupby(index, key=itemgetter("step")):
        some = list(of_step)
        held += some
        events += sum(row["events"] for row in some)
        if events >= AT_ONCE:
            yield _range(held)
            held, events = [], 0
    if held:
        yield _range(held)


def _range(rows: Sequence[dict[str, Any]]) -> _Range:
    return _Range(rows[0]["step"], rows[-1]["step"], sorted({row["__filename"] for row in rows}))


def _batch(chunk: Chunk) -> EventBatch:
    n = len(chunk.rows)
    no_text = TextParts(
        np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.uint8), np.zeros(n + 1, np.int64)
    )
    return EventBatch(chunk.rows, list(chunk.names), no_text, chunk.sketches, np.ones(n, np.bool_))
