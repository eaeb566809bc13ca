"""The stage of a job: frames of sketched events in a folder, written by executors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.spark.errors import SparkError
from detector.spark.session import Failed
from detector.spark.sketching import COLUMNS, Sketching
from streaming.files import STDIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from detector.compose import Intake

_ROW_GROUP: Final = 16 * 1024 * 1024
"""Bytes: of a long file only what is asked for is read, some 80,000 events at a time."""


def write_stage(
    session: SparkSession, paths: Sequence[str], intake: Intake, folder: Path, *, keep_payload: bool = False
) -> None:
    """Decode and sketch log files, a task each, into `folder`, which must not be there yet.

    Executors find files and folder under the names that they have here. Raises `SparkError`.
    """
    context = session.sparkContext
    files = context.parallelize([(at, _absolute(path)) for at, path in enumerate(paths)], len(paths))
    named = session.createDataFrame(files, "file int, path string")
    frames = named.mapInArrow(Sketching(intake, keep_payload), COLUMNS).write.partitionBy("day")
    # Frames are compressed already.
    frames = frames.option("compression", "none").option("parquet.block.size", _ROW_GROUP)
    try:
        frames.parquet(folder.absolute().as_uri())
    except Failed as error:
        raise SparkError(
            f"{folder}: logs could not be sketched into this folder; executors must find it and the logs "
            f"under these names. Spark said: {str(error).splitlines()[0]}"
        ) from error


def _absolute(path: str) -> str:
    if path == STDIN:
        raise SparkError(f"{path}: executors cannot read standard input; give the names of files")
    return str(Path(path).absolute())
