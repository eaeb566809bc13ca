"""One session of Spark for all tests of its jobs: it takes seconds to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.spark.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Two cores of this machine, so that tasks run beside each other."""
    session = open_session("local[2]", app="tests")
    yield session
    session.stop()
