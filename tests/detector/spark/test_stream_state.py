from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as sql

from detector.defaults import DEFAULT_MODEL
from detector.spark.stream_shard import ShardIntake
from detector.spark.stream_taken import SCHEMA, Taken, unpack
from detector.spark.stream_weights import SentWeights
from tests.detector.spark.spark_plain import interpreted
from tests.detector.spark.spark_shards import NOW, make_recipe

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

BEGIN = 1_780_000_000_000
RECORDS = 25_000
"""in a batch and in an hour: their ids are more than Spark takes in one message"""


def test_an_hour_of_many_ids_fits_in_the_state_store(spark: SparkSession, tmp_path: Path) -> None:
    """Ids of a busy hour are told apart over batches; the third batch repeats what the first two brought."""
    names = [range(RECORDS), range(RECORDS, 2 * RECORDS), range(2 * RECORDS)]
    offset = 0
    for number, batch in enumerate(names):
        rows = [{"offset": offset + at, "value": _line(name)} for at, name in enumerate(batch)]
        offset += len(rows)
        _write(tmp_path / "log" / f"{number}.json", rows)
    with interpreted(spark):
        taken = _taken(spark, tmp_path)

    assert [one.counts.accepted for one in taken] == [RECORDS, RECORDS, 0]
    assert [one.counts.duplicate for one in taken] == [0, 0, 2 * RECORDS]


def _line(name: int) -> str:
    when = datetime.fromtimestamp((BEGIN + name) / 1000, UTC).isoformat(timespec="milliseconds")
    return json.dumps({"event_id": f"e{name}", "time": when, "account_id": "account"})


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)))


def _taken(spark: SparkSession, folder: Path) -> list[Taken]:
    """What a shard takes of a log, a file a batch."""
    recipe = make_recipe()
    sent = replace(recipe, kernel=SentWeights.send(spark, DEFAULT_MODEL / "text", recipe.kernel().key))
    log = spark.readStream.schema("offset LONG, value STRING").option("maxFilesPerTrigger", 1)
    found: list[Taken] = []

    def keep(batch: DataFrame, _: int) -> None:
        found.extend(unpack(row["taken"]) for row in batch.collect())

    columns = (
        sql.lit("usage/0").alias("origin"), sql.lit(0).alias("shard"), "offset",
        sql.col("value").cast("binary").alias("value"), sql.lit(NOW).alias("now"),
    )  # fmt: skip
    shards = log.json(str(folder / "log")).select(*columns).groupBy("origin", "shard")
    taken = shards.transformWithStateInPandas(ShardIntake(sent), SCHEMA, "Append", "None")
    writer = taken.writeStream.option("checkpointLocation", str(folder / "state")).foreachBatch(keep)
    query = writer.trigger(availableNow=True).start()
    query.awaitTermination()
    return found
