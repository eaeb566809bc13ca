"""The query: records of Kafka by shard of accounts, through the executors, to the committer."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from pyspark.sql import functions as sql

from detector.spark.errors import SparkError
from detector.spark.stream_kafka import kafka_stream
from detector.spark.stream_keys import with_shard_numbers
from detector.spark.stream_seeds import is_new, seeded
from detector.spark.stream_shard import ShardIntake
from detector.spark.stream_taken import SCHEMA, unpack
from detector.store.errors import StoreError
from streaming.open_partitions import open_partitions
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming.query import StreamingQuery

    from detector.spark.stream_committing import Committer
    from detector.spark.stream_settings import QuerySettings
    from detector.spark.stream_shard import Recipe
    from detector.stream.clock import Clock
    from detector.stream.service import Stop
    from streaming.kafka_settings import KafkaSettings

_LOOK_SECONDS: Final = 0.5
_END_SECONDS: Final = 10.0


def run_query(
    spark: SparkSession,
    settings: QuerySettings,
    recipe: Recipe,
    committer: Committer,
    environ: Mapping[str, str],
    clock: Clock,
    stop: Stop,
    started: Callable[[], None],
) -> None:
    """Read until asked to stop; `started` is called once the query is.

    Raises `SourceError`, `StoreError`, and `SparkError` for what fails inside Spark.
    """
    committer.claim(_origins(settings.kafka, environ))
    batches = _Batches(committer, clock)
    writer = _taken(spark, settings, recipe, committer, environ).writeStream.queryName("stillwatch")
    writer = writer.option("checkpointLocation", settings.state_dir).foreachBatch(batches.take)
    query = writer.trigger(processingTime=f"{round(1000 * settings.trigger_seconds)} milliseconds").start()
    batches.query = query
    started()
    try:
        while query.isActive and not stop:
            stop.wait(_LOOK_SECONDS)
            batches.look()
        _await_batch(query)
        batches.check()
    finally:
        committer.finish()
        query.stop()


class _Batches:
    """What Spark calls with each batch, on a thread of its own; `look` is for the caller's."""

    def __init__(self, committer: Committer, clock: Clock) -> None:
        self.query: StreamingQuery | None = None
        self._committer = committer
        self._clock = clock
        self._failures: list[BaseException] = []

    def take(self, batch: DataFrame, _: int) -> None:
        """Work a batch through, and make it durable."""
        # Now it is clear what the batch reads: a partition that is not in it has had nothing new.
        planned = self._clock.monotonic()
        try:
            found = batch.toArrow().to_pylist()
            rows = [(row["origin"], row["shard"], unpack(row["taken"])) for row in found]
            self._committer.commit(rows, planned)
            self._settle(planned)
        except BaseException as error:  # noqa: BLE001 - raised on the caller's thread
            self._failures.append(error)
        if self._failures:
            # Spark searches what is told here with patterns, and fails on long messages.
            raise SparkError("the batch was not stored")

    def look(self) -> None:
        """While there is nothing to read, time passes for silent partitions."""
        status = {} if self.query is None else self.query.status
        if status and not (status["isTriggerActive"] or status["isDataAvailable"]):
            self._settle(self._clock.monotonic())

    def check(self) -> None:
        """Raise what the query failed of, if it has."""
        failed = None if self.query is None else self.query.exception()
        if failed is None:
            return
        for failure in self._failures:
            if isinstance(failure, StoreError | SourceError | SparkError):
                raise failure
        # What Spark says may quote a record.
        kind = type(self._failures[0]).__name__ if self._failures else failed.getCondition()
        if _OTHER_STATE in str(failed):
            raise SparkError(
                "what Spark keeps in --state-dir was made by another release of Stillwatch; "
                "give a new folder, and the store says where to go on"
            )
        raise SparkError(
            f"a batch failed inside Spark ({kind}), whose log says where; it is repeated at the next start"
        )

    def _settle(self, then: float) -> None:
        if self.query is not None:
            self._committer.settle(ends_of(self.query.lastProgress), then)


_OTHER_STATE: Final = "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE"
"""What Spark says of a state with other columns, inside of the error of a stream."""


def ends_of(progress: Any) -> dict[str, int]:
    """Origins that the last batch read to their end, and where each ends."""
    found: dict[str, int] = {}
    for source in () if progress is None else progress["sources"]:
        ends, latest = _offsets(source["endOffset"]), _offsets(source["latestOffset"])
        found |= {origin: end for origin, end in ends.items() if end >= latest.get(origin, end + 1)}
    return found


def _origins(kafka: KafkaSettings, environ: Mapping[str, str]) -> set[str]:
    source = open_partitions(kafka, environ)
    try:
        return source.origins()
    finally:
        source.close()


def _taken(
    spark: SparkSession,
    settings: QuerySettings,
    recipe: Recipe,
    committer: Committer,
    environ: Mapping[str, str],
) -> DataFrame:
    records = kafka_stream(spark, settings.kafka, environ, committer.positions, settings.most_records)
    key = sql.coalesce(sql.col("key"), sql.lit(b""))
    numbered = records.withColumn("shard", sql.pmod(sql.xxhash64(key), sql.lit(settings.shards)))
    sharded = with_shard_numbers(numbered, settings.shards).select(
        sql.concat_ws("/", "topic", "partition").alias("origin"),
        "shard",
        "offset",
        "value",
        # The same when the batch is repeated.
        sql.unix_millis(sql.current_timestamp()).alias("now"),
    )
    seeds = None
    if is_new(spark, settings.state_dir):
        seeds = seeded(spark, committer.seen(), settings.shards)
    return sharded.groupBy("origin", "shard").transformWithStateInPandas(
        ShardIntake(recipe), SCHEMA, "Append", "None", initialState=seeds
    )


def _await_batch(query: StreamingQuery) -> None:
    """Let a batch end, so that nothing has to be repeated; where one follows on another, it is broken off."""
    deadline = time.monotonic() + _END_SECONDS
    while query.isActive and query.status["isTriggerActive"] and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS / 10)


def _offsets(said: Any) -> dict[str, int]:
    """The connector's offsets by origin; it says none, in several ways, where no batch was read yet."""
    topics = json.loads(said) if isinstance(said, str) and said.startswith("{") else {}
    return {
        f"{topic}/{partition}": int(offset)
        for topic, partitions in topics.items()
        for partition, offset in partitions.items()
    }
