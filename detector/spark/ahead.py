"""Stages logs some files at a time, in the order in which they begin, while what is complete is folded.

The order of a replay goes by the latest time that each log has shown so far, which is never before the first
(`detector.spark.sketching`). What is before the beginning of every log that is left is therefore complete.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detector.spark.beginnings import COLUMNS, Beginnings
from detector.spark.errors import SparkError
from detector.spark.session import Failed
from detector.spark.sketching import STEP
from detector.spark.stage import log_files, rows_of, write_stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.compose import Intake
    from detector.spark.stage import LogFile

LAST: Final = int(np.iinfo(np.int64).max)
"""After every step."""
_EACH: Final = 1
"""Files of a wave for each core of the cluster."""
_BESIDE: Final = 2
"""Waves at once, so that the next one has the cores that the last files of one leave."""


class Wave(NamedTuple):
    """Some files that were staged."""

    folder: Path
    until: int
    """steps before this one are complete, with this wave and those before it"""


@contextmanager
def staged_ahead(
    session: SparkSession, paths: Sequence[str], intake: Intake, folder: Path, *, keep_payload: bool = False
) -> Iterator[Iterator[Wave]]:
    """Waves of all logs, each as soon as it is there, while executors go on with the next.

    `folder` is not there yet, and executors find it under this name, too. What still runs at the end of the
    block is given up. Raises `SparkError`, and so does the iterator.
    """
    logs = log_files(paths)
    begins = _beginnings(session, logs, intake)
    logs.sort(key=lambda log: (begins[log.file], log.file))
    size = _EACH * session.sparkContext.defaultParallelism
    some = [logs[start : start + size] for start in range(0, len(logs), size)]
    untils = [begins[left[0].file] // STEP for left in some[1:]] + [LAST]

    def stage(number: int) -> Wave:
        session.sparkContext.setJobGroup(str(folder), "logs to frames", interruptOnCancel=True)
        mine = folder / str(number)
        write_stage(session, some[number], intake, mine, keep_payload=keep_payload)
        return Wave(mine, untils[number])

    with ThreadPoolExecutor(_BESIDE, "stillwatch-stage") as pool:
        waves = [pool.submit(stage, number) for number in range(len(some))]
        try:
            yield (wave.result() for wave in waves)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            session.sparkContext.cancelJobGroup(str(folder))


def _beginnings(session: SparkSession, logs: Sequence[LogFile], intake: Intake) -> dict[int, int]:
    """When each log begins (ms), by its place."""
    rows = rows_of(session, logs, session.sparkContext.defaultParallelism)
    try:
        found = rows.mapInArrow(Beginnings(intake), COLUMNS).toArrow()
    except Failed as error:
        raise SparkError(
            "logs could not be read; executors must find them under the names that they have here. "
            f"Spark said: {str(error).splitlines()[0]}"
        ) from error
    return dict(zip(found["file"].to_pylist(), found["begins"].to_pylist(), strict=True))
