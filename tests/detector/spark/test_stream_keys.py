from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import functions as sql

from detector.spark.stream_keys import with_shard_numbers
from tests.detector.spark.spark_plain import interpreted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PARTITIONS = 24


def _keys(spark: SparkSession, topic: str, shards: int, tasks: int) -> list[tuple[int, int]]:
    """Number and task of each shard of a topic."""
    rows = [(topic, partition, shard) for partition in range(PARTITIONS) for shard in range(shards)]
    table = spark.createDataFrame(rows, "topic STRING, partition INT, shard LONG")
    hashed = sql.hash(sql.concat_ws("/", "topic", "partition"), "shard")
    keys = with_shard_numbers(table, shards).select("shard", sql.pmod(hashed, sql.lit(tasks)))
    with interpreted(spark):
        return [(row[0], row[1]) for row in keys.collect()]


@pytest.mark.parametrize("topic", ["usage", "llm.usage", "überwachung-€"])
@pytest.mark.parametrize(("shards", "tasks"), [(1, 2), (1, 7), (3, 2), (4, 24)])
def test_tasks_have_as_many_shards_as_each_other(
    spark: SparkSession, topic: str, shards: int, tasks: int
) -> None:
    """Give or take one; Spark's own hash says who gets which."""
    keys = _keys(spark, topic, shards, tasks)
    loads = Counter(task for _, task in keys)
    assert len(loads) == tasks
    assert max(loads.values()) - min(loads.values()) <= 1
    assert len({number for number, _ in keys}) == len(keys)


def test_topics_do_not_all_begin_with_the_same_task(spark: SparkSession) -> None:
    """Many topics of one partition would be one task's otherwise."""
    begins = [_keys(spark, f"topic-{number}", 1, 8)[0][1] for number in range(12)]
    assert len(set(begins)) > 3
