"""A session of Spark as every job here needs it."""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.spark.errors import SparkError

try:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ImportError as error:
    raise SparkError("pyspark is not installed; install stillwatch[spark], and Java 17 or later") from error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Failed: Final = (PySparkException, Py4JJavaError)
"""What a job raises that did not work."""

_PARTITIONS: Final = "spark.sql.shuffle.partitions"

SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.streaming.stateStore.providerClass": (
            "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
        ),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        # Each task computes in one thread: cores are Spark's to deal out.
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
        "spark.executorEnv.PYTHONHASHSEED": "0",
    }
)
"""What a caller's own settings take precedence of."""


def open_session(
    master: str,
    *,
    app: str,
    jars: Sequence[Path] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> SparkSession:
    """The session of this process on `master`, such as `local[2]`, with `jars` for driver and executors.

    Tables are shuffled into as many partitions as the cluster has cores, if `settings` do not say how many.
    Raises `SparkError` where none can be had: no Java, or no such master.
    """
    builder = SparkSession.builder.master(master).appName(app)
    for name, value in {**_of(master, jars), **SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise SparkError(
            f"no session of Spark on {master}; Java 17 or later must be installed and the master be there"
        ) from error
    context = session.sparkContext
    if is_local(master):
        # Its packages are here; what runs elsewhere brings an environment of its own (PYSPARK_PYTHON).
        context.pythonExec = sys.executable
    if _PARTITIONS not in settings:
        session.conf.set(_PARTITIONS, str(context.defaultParallelism))
    return session


def is_local(master: str | None) -> bool:
    """Whether its executors are in the driver's process, on this machine."""
    return master is not None and master.startswith("local")


def _of(master: str, jars: Sequence[Path]) -> dict[str, str]:
    """Settings that depend on where the job runs, and with what."""
    found = {"spark.jars": ",".join(str(jar) for jar in jars)} if jars else {}
    if is_local(master):
        # Nobody else needs to reach the driver, whatever this machine's name resolves to.
        found |= {"spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1"}
    return found
