"""What a query without a checkpoint begins with: the store's positions, and the ids known as seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyspark.sql import functions as sql

from detector.spark.stream_keys import with_shard_numbers
from detector.spark.stream_seen import by_hour
from detector.spark.stream_shard import SEEDS
from streaming.seen import SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import SparkSession
    from pyspark.sql.group import GroupedData


def is_new(spark: SparkSession, state_dir: str) -> bool:
    """Whether no batch was ever planned there."""
    context: Any = spark.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(state_dir, "offsets")  # noqa: SLF001 - there is no other way
    files = path.getFileSystem(context._jsc.hadoopConfiguration())  # noqa: SLF001 - as above
    return not files.exists(path) or len(files.listStatus(path)) == 0


def seeded(
    spark: SparkSession, seen: Iterable[tuple[str, int, bytes, bytes]], shards: int
) -> GroupedData | None:
    """State of every shard of partitions that somebody has read; None if there are none.

    A partition's shards share its ids: the store does not know whose they are.
    """
    rows = [row for one in seen for row in _rows(*one)]
    if not rows:
        return None
    columns = [field.split()[0] for field in SEEDS.split(", ")]
    table = spark.createDataFrame(pd.DataFrame(rows, columns=columns), SEEDS)
    topic, partition = (sql.substring_index("origin", "/", part) for part in (1, -1))
    table = table.withColumns({"topic": topic, "partition": partition.cast("int")})
    every = table.crossJoin(spark.range(shards).withColumnRenamed("id", "shard"))
    return with_shard_numbers(every, shards).drop("topic", "partition").groupBy("origin", "shard")


def _rows(origin: str, position: int, witnesses: bytes, seen: bytes) -> Iterator[tuple[Any, ...]]:
    hours = by_hour(np.frombuffer(seen, SEEN)) or {0: b""}
    for hour, ids in hours.items():
        yield origin, position, witnesses, hour, ids
