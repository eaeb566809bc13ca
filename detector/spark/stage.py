"""The stage of a job: frames of sketched events in a folder, written by executors and read in order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import pyarrow.dataset as ds

from detector.frames import frame_version, unpack
from detector.spark.errors import SparkError
from detector.spark.session import Failed
from detector.spark.sketching import COLUMNS, FRAMES, Letters, Sketching
from features.adapters import FormatError
from features.batch import EventBatch
from features.text.parts import TextParts
from streaming.dead_letters import DeadLetter
from streaming.files import STDIN
from streaming.merge import merge
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

    from detector.compose import Intake
    from detector.intake import Counts
    from detector.pending import Chunk
    from features.batch import Lifecycle
    from streaming.dead_letters import DeadLetters

AT_ONCE: Final = 262_144
"""Events that are read at once, but for a single step with more."""

_INDEX: Final = ["day", "step", "file", "events", "broken", "refused"]


def write_stage(
    session: SparkSession, paths: Sequence[str], intake: Intake, folder: Path, *, keep_payload: bool = False
) -> None:
    """Decode and sketch log files, a task each, into `folder`, which must not be there yet.

    Executors find files and folder under the names that they have here. Raises `SparkError`.
    """
    context = session.sparkContext
    files = context.parallelize([(at, _absolute(path)) for at, path in enumerate(paths)], len(paths))
    named = session.createDataFrame(files, "file int, path string")
    frames = named.mapInArrow(Sketching(intake, keep_payload), COLUMNS)
    try:
        # Frames are compressed already.
        frames.write.partitionBy("day").option("compression", "none").parquet(folder.absolute().as_uri())
    except Failed as error:
        raise SparkError(
            f"{folder}: logs could not be sketched into this folder; executors must find it and the logs "
            f"under these names. Spark said: {str(error).splitlines()[0]}"
        ) from error


@dataclass(frozen=True, slots=True)
class _Range:
    """Steps that are read at once, both included, and the days that they lie in."""

    first: Any
    last: Any

    @property
    def rows(self) -> ds.Expression:
        """What is in it."""
        day, step = ds.field("day"), ds.field("step")
        within = (day >= self.first["day"]) & (day <= self.last["day"])
        return within & (step >= self.first["step"]) & (step <= self.last["step"])


class StageReader:
    """Reads a stage once, as `detector.reader.LogReader` reads the logs that it was made of.

    `errors` holds the files that broke off.
    """

    def __init__(
        self, folder: Path, paths: Sequence[str], intake: Intake, counts: Counts, letters: DeadLetters
    ) -> None:
        """Raises `FormatError` where a file was of no known format."""
        self.lifecycle: list[Lifecycle] = []
        self._paths = paths
        self._version = frame_version(intake.reading.edge)
        self._counts = counts
        self._letters = letters
        self._stage = ds.dataset(folder, format="parquet", partitioning="hive", schema=FRAMES)
        index = self._stage.to_table(columns=_INDEX).sort_by([("step", "ascending"), ("file", "ascending")])
        for refused in index["refused"].drop_null().to_pylist():
            raise FormatError(refused)
        self.errors = [SourceError(error) for error in index["broken"].drop_null().to_pylist()]
        self._ranges = _ranges(index)
        self.events = int(np.sum(index["events"].to_numpy()))
        """in all files"""

    def batches(self) -> Iterator[EventBatch]:
        """Every event, sketched, in order of time over all files."""
        order = [("step", "ascending"), ("file", "ascending"), ("block", "ascending")]
        for some in self._ranges:
            rows = self._stage.filter(some.rows).to_table().sort_by(order).to_pylist()
            for _, of_step in groupby(rows, key=lambda row: row["step"]):
                streams = [
                    list(map(self._batch, of)) for _, of in groupby(of_step, key=lambda row: row["file"])
                ]
                yield from merge([iter(stream) for stream in streams])

    def _batch(self, row: dict[str, Any]) -> EventBatch:
        chunk, told = unpack(row["frame"], 0, self._version)
        counts = self._counts
        counts.read += row["lines"]
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


def _absolute(path: str) -> str:
    if path == STDIN:
        raise SparkError(f"{path}: executors cannot read standard input; give the names of files")
    return str(Path(path).absolute())


def _batch(chunk: Chunk) -> EventBatch:
    n = len(chunk.rows)
    no_text = TextParts(
        np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.uint8), np.zeros(n + 1, np.int64)
    )
    return EventBatch(chunk.rows, list(chunk.names), no_text, chunk.sketches, np.ones(n, np.bool_))


def _ranges(index: Any) -> list[_Range]:
    """Steps in their order, as many as come to AT_ONCE events."""
    found: list[_Range] = []
    first, events = None, 0
    for _, rows in groupby(index.to_pylist(), key=lambda row: row["step"]):
        of_step = list(rows)
        first = first or of_step[0]
        events += sum(row["events"] for row in of_step)
        if events >= AT_ONCE:
            found.append(_Range(first, of_step[-1]))
            first, events = None, 0
    return found if first is None else [*found, _Range(first, of_step[-1])]
