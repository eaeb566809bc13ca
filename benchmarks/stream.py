"""Worker: how fast the live stream is, beside loops that do far less with the same topic.

    python benchmarks/stream.py KIND BROKER TOPIC

Kinds: `poll` (kafka-python, which only polls), `run` and `run-confluent` (worker and leader in one process:
decoded, sketched, stored, folded, scored, linked), and `apart` (the same as two processes). Beside them
stands quixstreams.py, in an environment of its own. Topics: `quiet`, a whole day with some 300 events a
tick, which is what reading an old log is like, and `busy`, two hours of a day with ten times as many; a
stream that really comes at such a rate has far more. Seconds are of the wall clock and of the CPU, from the
first tenth of the records on; a first topic warms everything up.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import zstandard
from kafka import KafkaConsumer, KafkaProducer

from benchmarks.laps import Lap
from benchmarks.rounds import ROOT, Spread, interleaved, ratios
from benchmarks.stream_processes import PARTITIONS, cpu_of, done, passed, standing, started, until
from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import open_store, upgrade
from detector.stream.assembly import StreamSettings, assembled
from detector.stream.clock import SystemClock
from detector.stream.service import Stop
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from streaming.kafka_settings import KafkaSettings
from tests.support.broker import running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streaming.kafka_settings import Client

KINDS: Final = ("poll", "run", "run-confluent", "apart")
TOPICS: Final = ("quiet", "busy")
QUIXSTREAMS: Final = ROOT / ".venv" / "quixstreams" / "bin" / "python"
"""Made by `make bench`: that library needs another confluent-kafka than ours."""
RECORDS: Final = 80_000
WARM: Final = 10_000
DENSITY: Final = 8
"""of the busy log over the quiet one, day by day"""
NOON: Final = 0.375
"""of the busy day's events come before those that are read"""
_MARK: Final = 0.1
"""The part of the records after which the clocks start: by then everything is compiled and connected."""


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


def apart(broker: str, topic: str, records: int) -> dict[str, float]:
    """The same as a worker's process and a leader's, which share the store."""
    laps: list[Lap] = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        upgrade(url)
        group = f"{topic}-apart-{time.time_ns()}"
        with (
            closing(open_store(url)) as store,
            started([(broker, url, topic, group, role) for role in ("worker", "leader")]) as processes,
        ):
            for reached in (passed(_MARK * records), done(records)):
                until(store, reached)
                laps.append(Lap(time.perf_counter(), cpu_of(processes), standing(store)[0]))
    return laps[1].since(laps[0])


def measure(kind: str, broker: str, topic: str, records: int) -> dict[str, float]:
    """One kind over one topic."""
    if kind == "poll":
        return poll(broker, topic, records)
    if kind == "apart":
        return apart(broker, topic, records)
    return run(broker, topic, records, "confluent" if kind == "run-confluent" else "kafka-python")


def world(folder: Path, density: int) -> Iterator[bytes]:
    """A simulated day, as lines."""
    command = [sys.executable, "-m", "detector.cli", "simulate", "--out", str(folder), "--days", "1"]
    command += ["--accounts", str(8000 * density), "--events", str(RECORDS * 5 // 4 * density), "--seed", "5"]
    subprocess.run(command, check=True, capture_output=True)
    with (folder / "events.jsonl.zst").open("rb") as file:
        yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))


def fill(broker: str, topic: str, lines: Iterator[bytes]) -> None:
    """Send `lines` by account."""
    producer = KafkaProducer(bootstrap_servers=broker, acks=1, linger_ms=20, batch_size=1 << 18)
    for line in lines:
        account = msgspec.json.decode(line).get("account_id", "").encode()
        producer.send(topic, value=line.rstrip(), key=account, partition=sum(account) % PARTITIONS)
    producer.flush()
    producer.close()


@contextmanager
def filled(topics: Sequence[str] = TOPICS) -> Iterator[str]:
    """A broker with `topics`, and a short one to warm up with; yields its address."""
    with running_broker() as broker:
        for topic in ("warm", *topics):
            broker.create_topic(topic, PARTITIONS)
        with tempfile.TemporaryDirectory() as folder:
            lines = world(Path(folder), 1)
            fill(broker.address, "warm", islice(lines, WARM))
            fill(broker.address, "quiet", islice(lines, RECORDS))
        if "busy" in topics:
            with tempfile.TemporaryDirectory() as folder:
                begin = round(NOON * RECORDS * DENSITY)
                fill(broker.address, "busy", islice(world(Path(folder), DENSITY), begin, begin + RECORDS))
        yield broker.address


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """All kinds by turns over one broker, which shares the machine with them."""
    with filled() as broker:
        tasks = {f"{kind} {topic}": ("stream.py", kind, broker, topic) for topic in TOPICS for kind in KINDS}
        found = interleaved(tasks, rounds)
        if QUIXSTREAMS.exists():
            found |= {
                f"quixstreams {topic}": [quixstreams(broker, topic) for _ in range(rounds)]
                for topic in TOPICS
            }
    return {
        name: {
            "rounds": rounds,
            "over_poll": _over(runs, found[f"poll {name.split()[1]}"], "records_per_second"),
            "over_poll_by_cpu": _over(runs, found[f"poll {name.split()[1]}"], "records_per_cpu_second"),
            **{figure: Spread.of([run[figure] for run in runs]).to_json() for figure in runs[0]},
        }
        for name, runs in found.items()
    }


def _over(
    ours: Sequence[dict[str, float]], theirs: Sequence[dict[str, float]], figure: str
) -> dict[str, float]:
    return ratios([run[figure] for run in ours], [run[figure] for run in theirs])


def quixstreams(broker: str, topic: str) -> dict[str, float]:
    """A counter for each account, as that library's users write it."""
    command = [str(QUIXSTREAMS), str(ROOT / "benchmarks" / "quixstreams.py"), broker, topic, str(RECORDS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(kind: str, broker: str, topic: str) -> None:
    """Warm up, measure one kind and print its figures as JSON."""
    measure(kind, broker, "warm", WARM)
    print(json.dumps(measure(kind, broker, topic, RECORDS)))


if __name__ == "__main__":
    main(*sys.argv[1:])
