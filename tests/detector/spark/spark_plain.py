"""Settings of Spark for tables of a few rows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

# To compile each query, and to plan it anew after each shuffle, takes far longer than to run it.
_SETTINGS: Final = ("spark.sql.codegen.wholeStage", "spark.sql.adaptive.enabled")


@contextmanager
def interpreted(session: SparkSession) -> Iterator[SparkSession]:
    """The session with queries that are neither compiled nor planned anew, to the same results."""
    for name in _SETTINGS:
        session.conf.set(name, "false")
    yield session
    for name in _SETTINGS:
        session.conf.unset(name)
