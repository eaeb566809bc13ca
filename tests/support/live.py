"""The live stream in processes of its own, on a real broker and a real store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec
from kafka import KafkaProducer

from detector.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.store.interface import Store
    from tests.support.broker import Broker

SECRET: Final = "a secret of the tests"
IDLE: Final = 2.0
PATIENCE: Final = 120.0


def publish(broker: Broker, topic: str, lines: Sequence[bytes], partitions: int) -> None:
    """Write events in their order, each account's to its partition."""
    producer = KafkaProducer(bootstrap_servers=broker.address, acks="all", linger_ms=5)
    for line in lines:
        account = _account(line)
        producer.send(topic, value=line, key=account, partition=sum(account) % partitions)
    producer.flush()
    producer.close()


def _account(line: bytes) -> bytes:
    try:
        return str(msgspec.json.decode(line)["account_id"]).encode()
    except (msgspec.DecodeError, KeyError):
        return b""


@dataclass
class Stream:
    """Processes that share a topic and a store."""

    broker: Broker
    topic: str
    store_url: str
    folder: Path
    options: Sequence[str] = ()
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.running]:
            self.kill(process)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start one more process."""
        self.started += 1
        command = [sys.executable, "-m", "detector.cli", "run", "--brokers", self.broker.address]
        command += ["--topic", self.topic, "--group", self.topic, "--store", self.store_url]
        command += ["--idle", str(IDLE), "--metrics", "none", *self.options, *options]
        said = (self.folder / f"{self.topic}-{self.started}.log").open("wb")
        process = subprocess.Popen(
            command, stderr=said, env={**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"}
        )
        said.close()
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End it as a power failure would."""
        process.kill()
        process.wait()
        self.running.remove(process)

    def stop(self) -> None:
        """Ask every process to end, and require that it does so in good order."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=60) for process in self.running]
        self.running.clear()
        assert codes == [0] * len(codes), self.said()

    def said(self) -> str:
        """The ends of all logs, for a test that failed."""
        logs = sorted(self.folder.glob(f"{self.topic}-*.log"))
        return "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in logs)

    def store(self) -> Store:
        """Another connection to the store."""
        return open_store(self.store_url)

    def drain(self, records: int) -> None:
        """Wait until so many records were read and every tick that holds one is concluded."""
        store, deadline = self.store(), time.monotonic() + PATIENCE
        while not _is_drained(store, records):
            for process in self.running:
                assert process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"{_standing(store)}\n{self.said()}"
            time.sleep(0.2)
        store.close()

    def findings(self) -> dict[str, Any]:
        """What was found and counted, without what depends on when it was."""
        store = self.store()
        counts = [partition.counts for partition in store.partitions()]
        found = {
            "alerts": [stored.alert.body for stored in store.alerts(0, 1_000_000)],
            "verdicts": sorted(_verdict(stored.verdict) for stored in store.verdicts(0, 1_000_000)),
            "campaigns": [campaign.body for campaign in store.campaigns()],
            "counts": {name: sum(getattr(one, name) for one in counts) for name in _COUNTED},
            "letters": store.letter_counts(),
        }
        store.close()
        return found


_COUNTED: Final = ("read", "accepted", "duplicate", "late", "dead_lettered", "lifecycle")


def _verdict(verdict: Any) -> tuple[str, str, float, str | None]:
    return verdict.account_id, verdict.label, verdict.score, verdict.campaign_id


def _is_drained(store: Store, records: int) -> bool:
    partitions, lead = store.partitions(), store.leadership()
    read = sum(partition.counts.read for partition in partitions)
    idle = all(partition.idle for partition in partitions)
    last = max((one.watermark or 0 for one in partitions), default=0)
    tick = last // 300_000 + 2
    return read >= records and idle and lead.concluded is not None and lead.concluded >= tick


def _standing(store: Store) -> str:
    return f"{store.partitions()} {store.leadership()}"
