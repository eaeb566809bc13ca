"""How fast the stream on Spark is, beside a job with a key an account that only counts.

    python benchmarks/spark_stream.py [--records N] [--accounts N] [--batch N] [--rounds N]

Workers: `python benchmarks/spark_stream.py KIND BROKER TOPIC RECORDS BATCH`. Kinds: `stream` (decoded,
admitted, sketched and stored, by shards of accounts) and `counter` (`transformWithStateInPandas` with a key
an account, and one counter). Both on local[2] over the same topic in batches of the same size; clocks start
after half of the records: the JVM compiles for a while. CPU seconds are of driver, JVM and Python workers
together. The counter works more the more accounts a batch holds, ours does not: how many they are is told,
too. The topic is the beginning of a day of that many accounts with three requests each.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd
import zstandard
from kafka import KafkaProducer
from pyspark.sql import functions as sql
from pyspark.sql.streaming.stateful_processor import StatefulProcessor

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cpu import seconds_of_all  # noqa: E402 - found through the line above
from benchmarks.laps import Lap  # noqa: E402 - as above
from benchmarks.rounds import Spread, interleaved, ratios  # noqa: E402 - as above
from detector import compose  # noqa: E402 - as above
from detector.defaults import DEFAULT_MODEL  # noqa: E402 - as above
from detector.spark.session import open_session  # noqa: E402 - as above
from detector.spark.stream_kafka import kafka_stream  # noqa: E402 - as above
from detector.spark.stream_process import SparkStream  # noqa: E402 - as above
from detector.spark.stream_settings import SESSION, QuerySettings, connector_jars  # noqa: E402 - as above
from detector.store.opening import upgrade  # noqa: E402 - as above
from detector.stream.assembly import StreamSettings  # noqa: E402 - as above
from detector.stream.clock import SystemClock  # noqa: E402 - as above
from detector.stream.service import Stop  # noqa: E402 - as above
from detector.telemetry.logs import open_logs  # noqa: E402 - as above
from detector.telemetry.telemetry import make_telemetry  # noqa: E402 - as above
from streaming.kafka_settings import KafkaSettings  # noqa: E402 - as above
from tests.support.broker import running_broker  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

KINDS: Final = ("stream", "counter")
PARTITIONS: Final = 8
ACCOUNTS: Final = 1_000_000
EACH: Final = 3
RECORDS: Final = 480_000
BATCH: Final = 60_000
"""what a trigger of five seconds takes in at 12,000 records a second"""
_TRIGGER: Final = 0.0


class Counter(StatefulProcessor):
    """How many requests an account made, as a user of Spark would begin."""

    def init(self, handle: Any) -> None:
        """Name the state."""
        self._count = handle.getValueState("count", "count LONG")

    def handleInputRows(self, key: Any, rows: Iterator[Any], timerValues: Any) -> Iterator[Any]:  # noqa: ARG002, N802, N803 - Spark's names
        """Add the requests of a batch."""
        before = self._count.get()[0] if self._count.exists() else 0
        count = before + sum(len(piece) for piece in rows)
        self._count.update((count,))
        yield pd.DataFrame({"account": [key[0]], "count": [count]})

    def close(self) -> None:
        """Nothing is held."""


def read_so_far(state: Path) -> int:
    """Records of batches that ended, by the checkpoint: to ask a query costs hundreds of calls to the JVM."""
    done = max((int(file.name) for file in (state / "commits").glob("[0-9]*")), default=None)
    if done is None:
        return 0
    ends = json.loads((state / "offsets" / str(done)).read_text().splitlines()[-1])
    return sum(end for topic in ends.values() for end in topic.values())


def watched(state: Path, records: int, stop: Stop) -> dict[str, float]:
    """Rates of a query over the later half of the records, which begin at offset 0; then it may stop."""
    laps: list[Lap] = []
    while not stop:
        done = read_so_far(state)
        if done >= records / 2 and not laps:
            laps.append(Lap.now(done, seconds_of_all()))
        if done >= records:
            laps.append(Lap.now(done, seconds_of_all()))
            stop.ask()
        stop.wait(0.02)
    return laps[-1].since(laps[0])


def stream(
    spark: SparkSession, kafka: KafkaSettings, records: int, batch: int, folder: Path
) -> dict[str, float]:
    """The product's query, with a store in a file."""
    url = f"sqlite:///{folder / 'store.db'}"
    upgrade(url)
    setup = compose.set_up(DEFAULT_MODEL, secret="of a benchmark")  # noqa: S106 - it guards nothing
    query = QuerySettings(kafka, str(folder / "state"), DEFAULT_MODEL / "text", 1, _TRIGGER, batch)
    settings = StreamSettings(kafka, url, role="leader")
    stop, found = Stop(), {}

    def look() -> None:
        found.update(watched(folder / "state", records, stop))

    watcher = threading.Thread(target=look)
    with open_logs(io.StringIO()) as log:
        process = SparkStream(query, settings, setup, {}, SystemClock(), make_telemetry(), log)
        watcher.start()
        process.run(spark, stop, lead=False)
        watcher.join()
    return found


def counter(
    spark: SparkSession, kafka: KafkaSettings, records: int, batch: int, folder: Path
) -> dict[str, float]:
    """A key an account."""
    taken = kafka_stream(spark, kafka, {}, {}, batch)
    accounts = taken.select(sql.col("key").cast("string").alias("account"), "value")
    counted = accounts.groupBy("account").transformWithStateInPandas(
        Counter(), "account STRING, count LONG", "Update", "None"
    )
    writer = counted.writeStream.format("noop").outputMode("update")
    writer = writer.option("checkpointLocation", str(folder / "state"))
    query = writer.trigger(processingTime="0 seconds").start()
    found = watched(folder / "state", records, Stop())
    query.stop()
    return found


def measure(kind: str, broker: str, topic: str, records: int, batch: int) -> dict[str, float]:
    """One kind over one topic, in this process and those that it starts."""
    jars = connector_jars(Path(sys.prefix))
    spark = open_session("local[2]", app="benchmark", jars=jars, settings=SESSION)
    kafka = KafkaSettings((broker,), (topic,), group=f"{kind}-{time.time_ns()}")
    with tempfile.TemporaryDirectory() as folder:
        run = stream if kind == "stream" else counter
        found = run(spark, kafka, records, batch, Path(folder))
        spark.stop()
    return found


def world(folder: Path, records: int, accounts: int) -> Iterator[bytes]:
    """A simulated day of a busy API, as lines; at least as many as are asked for."""
    events = max(EACH * accounts, records + records // 4)
    command = [sys.executable, "-m", "detector.cli", "simulate", "--out", str(folder), "--days", "1"]
    command += ["--accounts", str(accounts), "--events", str(events), "--seed", "5"]
    subprocess.run(command, check=True, capture_output=True)
    with (folder / "events.jsonl.zst").open("rb") as file:
        yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))


@contextmanager
def filled(records: int, accounts: int, size: int) -> Iterator[tuple[str, float]]:
    """A broker with a topic of that day, keyed by account; its address, and accounts a batch in the mean."""
    keys: list[bytes] = []
    with running_broker() as broker, tempfile.TemporaryDirectory() as folder:
        broker.create_topic("usage", PARTITIONS)
        producer = KafkaProducer(bootstrap_servers=broker.address, acks=1, linger_ms=20, batch_size=1 << 18)
        for _, line in zip(range(records), world(Path(folder), records, accounts), strict=False):
            account = msgspec.json.decode(line).get("account_id", "").encode()
            keys.append(account)
            producer.send("usage", value=line.rstrip(), key=account, partition=sum(account) % PARTITIONS)
        producer.flush()
        producer.close()
        batches = [keys[start : start + size] for start in range(0, len(keys), size)]
        yield broker.address, sum(len(set(batch)) for batch in batches) / len(batches)


def benchmark(
    _: Path, rounds: int, records: int = RECORDS, accounts: int = ACCOUNTS, batch: int = BATCH
) -> dict[str, Any]:
    """Both kinds by turns over one broker, which shares the machine with them."""
    # Spark rounds a batch's share of each partition down: the last batch has to be as full as the others.
    with filled(records + batch, accounts, batch) as (broker, each):
        told = (broker, "usage", str(records), str(batch))
        tasks = {kind: ("spark_stream.py", kind, *told) for kind in KINDS}
        found = interleaved(tasks, rounds)
    names = ("records_per_second", "records_per_cpu_second")
    over = {name: [[run[name] for run in found[kind]] for kind in KINDS] for name in names}
    return {
        "rounds": rounds,
        "records": records,
        "records_a_batch": batch,
        "accounts_a_batch": each,
        **{f"{name}_over_counter": ratios(*values) for name, values in over.items()},
        **{
            kind: {name: Spread.of([run[name] for run in found[kind]]).to_json() for name in names}
            for kind in KINDS
        },
    }


def main() -> None:
    """Measure one kind as a worker, or all of them; prints JSON."""
    if len(sys.argv) > 1 and sys.argv[1] in KINDS:
        kind, broker, topic, records, batch = sys.argv[1:]
        print(json.dumps(measure(kind, broker, topic, int(records), int(batch))))
        return
    parser = argparse.ArgumentParser(description="Measure the stream on Spark beside a counter.")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--batch", type=int, default=BATCH, help="records")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(benchmark(Path(), asked.rounds, asked.records, asked.accounts, asked.batch), indent=1))


if __name__ == "__main__":
    main()
