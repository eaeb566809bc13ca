"""The stage of a job: frames of sketched events in a folder, written by executors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from detector.spark.errors import SparkError
from detector.spark.session import Failed, is_local
from detector.spark.sketching import COLUMNS, Sketching
from streaming.files import STDIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

    from detector.compose import Intake

_ROW_GROUP: Final = 16 * 1024 * 1024
"""Bytes: of a long file only what is asked for is read, some 80,000 events at a time."""


class LogFile(NamedTuple):
    """A log of a job."""

    file: int
    """its place among all, which decides between events of one time"""
    path: str
    """absolute"""


def log_files(paths: Sequence[str]) -> list[LogFile]:
    """The logs of a job in the order in which they are given; raises `SparkError` for standard input."""
    return [LogFile(at, _absolute(path)) for at, path in enumerate(paths)]


def write_stage(
    session: SparkSession,
    logs: Sequence[LogFile],
    intake: Intake,
    folder: Path,
    *,
    keep_payload: bool = False,
) -> None:
    """Decode and sketch log files, a task each, into `folder`, which must not be there yet.

    Executors find files and folder under the names that they have here. Raises `SparkError`.
    """
    sketching = Sketching(intake, keep_payload, behind=is_local(session.sparkContext.master))
    frames = rows_of(session, logs, len(logs)).mapInArrow(sketching, COLUMNS)
    # Frames are compressed already.
    writer = frames.write.partitionBy("day").option("compression", "none")
    try:
        writer.option("parquet.block.size", _ROW_GROUP).parquet(folder.absolute().as_uri())
    except Failed as error:
        raise SparkError(
            f"{folder}: logs could not be sketched into this folder; executors must find it and the logs "
            f"under these names. Spark said: {str(error).splitlines()[0]}"
        ) from error


def rows_of(session: SparkSession, logs: Sequence[LogFile], tasks: int) -> DataFrame:
    """Columns `file` and `path`, for so many tasks."""
    files = session.sparkContext.parallelize([tuple(log) for log in logs], tasks)
    return session.createDataFrame(files, "file int, path string")


def _absolute(path: str) -> str:
    if path == STDIN:
        raise SparkError(f"{path}: executors cannot read standard input; give the names of files")
    return str(Path(path).absolute())
