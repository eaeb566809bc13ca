"""Worker: how fast the live stream is, beside loops that do far less with the same topic.

    python benchmarks/stream.py KIND BROKER TOPIC RECORDS

Kinds: `poll` (kafka-python, which only polls), `run` and `run-confluent` (worker and leader in one process:
decoded, sketched, stored, folded, scored, linked). Beside them stands quixstreams.py, in an environment of
its own. Seconds are of the wall clock and of the CPU, from the first tenth of the records on; a first topic
warms everything up.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import zstandard
from kafka import KafkaConsumer, KafkaProducer

from benchmarks.rounds import ROOT, Spread, interleaved, ratios
from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
from detector.stream.assembly import StreamSettings, assembled
from detector.stream.clock import SystemClock
from detector.stream.service import Stop
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from streaming.kafka_settings import KafkaSettings
from tests.support.broker import running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streaming.kafka_settings import Client

KINDS: Final = ("poll", "run", "run-confluent")
QUIXSTREAMS: Final = ROOT / ".venv" / "quixstreams" / "bin" / "python"
"""Made by `make bench`: that library needs another confluent-kafka than ours."""
PARTITIONS: Final = 8
RECORDS: Final = 80_000
WARM: Final = 10_000
_MARK: Final = 0.1
"""The part of the records after which the clocks start: by then everything is compiled and connected."""


@dataclass(frozen=True)
class Lap:
    """Clocks at a moment."""

    wall: float
    cpu: float
    records: int

    @classmethod
    def now(cls, records: int) -> Lap:
        """As of now."""
        return cls(time.perf_counter(), time.process_time(), records)

    def since(self, start: Lap) -> dict[str, float]:
        """Rates between two moments."""
        records = self.records - start.records
        return {
            "records_per_second": records / (self.wall - start.wall),
            "records_per_cpu_second": records / (self.cpu - start.cpu),
        }


def poll(broker: str, topic: str, records: int) -> dict[str, float]:
    """The bare loop."""
    consumer = KafkaConsumer(
        topic, bootstrap_servers=broker, group_id=None, auto_offset_reset="earliest", max_poll_records=5000
    )
    start, read = None, 0
    while read < records:
        read += sum(map(len, consumer.poll(500).values()))
        if start is None and read >= _MARK * records:
            start = Lap.now(read)
    consumer.close()
    return Lap.now(read).since(start or Lap.now(0))


def run(broker: str, topic: str, records: int, client: Client) -> dict[str, float]:
    """The product, in this process, with a store in a file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        upgrade(url)
        kafka = KafkaSettings((broker,), (topic,), group=f"{topic}-{client}-{time.time_ns()}", client=client)
        settings = StreamSettings(kafka, url)
        setup = compose.set_up(DEFAULT_MODEL, secret="of a benchmark")  # noqa: S106 - it guards nothing
        stop, telemetry = Stop(), make_telemetry()
        with (
            open_logs(io.StringIO()) as log,
            assembled(settings, setup, {}, SystemClock(), telemetry, log, stop) as parts,
        ):
            laps: list[Lap] = []
            tick = setup.replay.admission.tick

            def look() -> None:
                partitions = parts.store.partitions()
                read = sum(one.counts.read for one in partitions)
                if not laps and read >= _MARK * records:
                    laps.append(Lap.now(read))
                # The last tick is closed by idleness, for which nobody should wait here.
                ended = min((one.watermark or 0 for one in partitions), default=0) // tick
                if read >= records and (parts.store.leadership().concluded or 0) >= ended - 1:
                    laps.append(Lap.now(read))
                    stop.ask()

            parts.service.run(look)
    return laps[-1].since(laps[0])


def measure(kind: str, broker: str, topic: str, records: int) -> dict[str, float]:
    """One kind over one topic."""
    if kind == "poll":
        return poll(broker, topic, records)
    return run(broker, topic, records, "confluent" if kind == "run-confluent" else "kafka-python")


def world(folder: Path) -> Iterator[bytes]:
    """A simulated day of a busy API, as lines."""
    command = [sys.executable, "-m", "detector.cli", "simulate", "--out", str(folder), "--days", "1"]
    command += ["--accounts", "8000", "--events", str(RECORDS + RECORDS // 4), "--seed", "5"]
    subprocess.run(command, check=True, capture_output=True)
    with (folder / "events.jsonl.zst").open("rb") as file:
        yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))


def fill(broker: str, lines: Iterator[bytes]) -> None:
    """Two topics: a short one to warm up with, and the one that is measured."""
    producer = KafkaProducer(bootstrap_servers=broker, acks=1, linger_ms=20, batch_size=1 << 18)
    for at, line in enumerate(lines):
        if at == WARM + RECORDS:
            break
        account = msgspec.json.decode(line).get("account_id", "").encode()
        topic = "warm" if at < WARM else "usage"
        producer.send(topic, value=line.rstrip(), key=account, partition=sum(account) % PARTITIONS)
    producer.flush()
    producer.close()


@contextmanager
def filled() -> Iterator[str]:
    """A broker with both topics; yields its address."""
    with running_broker() as broker, tempfile.TemporaryDirectory() as folder:
        for topic in ("warm", "usage"):
            broker.create_topic(topic, PARTITIONS)
        fill(broker.address, world(Path(folder)))
        yield broker.address


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """All kinds by turns over one broker, which shares the machine with them."""
    with filled() as broker:
        found = interleaved({kind: ("stream.py", kind, broker) for kind in KINDS}, rounds)
        if QUIXSTREAMS.exists():
            found["quixstreams"] = [quixstreams(broker) for _ in range(rounds)]
    bare = [run["records_per_second"] for run in found["poll"]]
    return {
        kind: {
            "rounds": rounds,
            "over_poll": ratios([run["records_per_second"] for run in runs], bare),
            **{name: Spread.of([run[name] for run in runs]).to_json() for name in runs[0]},
        }
        for kind, runs in found.items()
    }


def quixstreams(broker: str) -> dict[str, float]:
    """A counter for each account, as that library's users write it."""
    command = [str(QUIXSTREAMS), str(ROOT / "benchmarks" / "quixstreams.py"), broker, "usage", str(RECORDS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(kind: str, broker: str) -> None:
    """Warm up, measure one kind and print its figures as JSON."""
    measure(kind, broker, "warm", WARM)
    print(json.dumps(measure(kind, broker, "usage", RECORDS)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
