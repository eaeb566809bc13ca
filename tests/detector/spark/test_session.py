from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from detector.cli.spark_options import spark_session
from detector.spark.errors import SparkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import SparkSession


def _environment(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for _ in batches:
        said = [sys.executable, os.environ["OMP_NUM_THREADS"], os.environ["PYTHONHASHSEED"]]
        yield pa.RecordBatch.from_pydict({"said": said})


def test_tasks_run_in_this_environment_with_one_thread_each(spark: SparkSession) -> None:
    """Executors on this machine use its Python, compute in one thread, and hash alike."""
    rows = spark.range(1).mapInArrow(_environment, "said string").collect()
    assert [row.said for row in rows] == [sys.executable, "1", "0"]


def test_a_setting_that_is_none_is_refused() -> None:
    """The message says what was written and how to write it."""
    with (
        pytest.raises(SparkError, match="--spark shuffle: is no setting; write name=value"),
        spark_session("local[1]", "tests", None, ["shuffle"]),
    ):
        raise AssertionError


def test_the_command_line_does_not_load_spark() -> None:
    """`stillwatch spark --help` works without the extra."""
    code = (
        "import sys; from detector.cli.app import make_app; make_app(); "
        "sys.exit(any(name.startswith('pyspark') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
