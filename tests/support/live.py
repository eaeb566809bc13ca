"""The live stream in processes of its own, on a real broker and a real store."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from kafka import KafkaProducer

from detector.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from detector.store.interface import Store
    from tests.support.broker import Broker

SECRET: Final = "a secret of the tests"
PATIENCE: Final = 150.0
_BEGUN: Final = re.compile('"event":"(claimed|leading)"')
_COUNTED: Final = ("read", "accepted", "duplicate", "late", "dead_lettered", "lifecycle")


def publish(broker: Broker, topic: str, records: Iterable[tuple[int, bytes, bytes | None]]) -> None:
    """Write records of partition, key and value in their order, each exactly once."""
    producer = KafkaProducer(
        bootstrap_servers=broker.address,
        acks="all",
        linger_ms=5,
        compression_type="gzip",
        max_request_size=1 << 23,
    )
    for partition, key, value in records:
        producer.send(topic, value=value, key=key, partition=partition)
    producer.flush()
    producer.close()


@dataclass(frozen=True)
class Topics:
    """Where events come from, and the name after which those are called that findings go to."""

    events: str
    name: str

    @property
    def alerts(self) -> str:
        """Where alerts go."""
        return f"{self.name}-alerts"

    @property
    def verdicts(self) -> str:
        """Where verdicts go; compacted."""
        return f"{self.name}-verdicts"

    @classmethod
    def create(cls, broker: Broker, name: str, partitions: int) -> Self:
        """New topics of their own."""
        broker.create_topic(name, partitions)
        return cls.beside(broker, name, name)

    @classmethod
    def beside(cls, broker: Broker, events: str, name: str) -> Self:
        """The events of another, and new topics for findings."""
        topics = cls(events, name)
        broker.create_topic(topics.alerts)
        broker.create_topic(topics.verdicts, policy="compact")
        return topics


@dataclass
class Stream:
    """Processes that share topics and a store."""

    broker: Broker
    topics: Topics
    store_url: str
    folder: Path
    options: Sequence[str] = ()
    through: str | None = None
    """how processes reach the store, if not as we do"""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0
    _logs: dict[int, Path] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.running]:
            self.kill(process)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start one more process."""
        self.started += 1
        command = [sys.executable, "-m", "detector.cli", "run", "--brokers", self.broker.address]
        command += ["--topic", self.topics.events, "--group", self.topics.name]
        command += ["--alerts", self.topics.alerts, "--verdicts", self.topics.verdicts]
        command += ["--store", self.through or self.store_url, "--metrics", "none"]
        with self.log(self.started).open("wb") as said:
            process = subprocess.Popen(
                [*command, *self.options, *options],
                stderr=said,
                env={**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"},
            )
        self.running.append(process)
        self._logs[process.pid] = self.log(self.started)
        return process

    @property
    def working(self) -> list[subprocess.Popen[bytes]]:
        """Processes that have begun to read or to lead."""
        said = {process: self._logs[process.pid].read_text() for process in self.running}
        return [process for process in self.running if _BEGUN.search(said[process])]

    def await_working(self, number: int) -> None:
        """Wait until so many have."""
        self.until(lambda _: len(self.working) >= number)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End it as a power failure would."""
        process.kill()
        process.wait()
        self.running.remove(process)

    def end(self, *processes: subprocess.Popen[bytes]) -> None:
        """Ask processes to end, and require that they do so in good order."""
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=90) for process in processes]
        self.running = [process for process in self.running if process not in processes]
        assert codes == [0] * len(codes), self.said()

    def leave(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a process to end that may not have fully begun."""
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=90)
        self.running.remove(process)
        assert code in {0, -signal.SIGTERM}, self.said()

    def supervise(self) -> None:
        """Start those anew that found no store to begin with; no other may have ended."""
        for process in [*self.running]:
            if process.poll() is not None:
                said = self._logs[process.pid].read_text()
                assert '"event":"started"' not in said, self.said()
                assert "then try again" in " ".join(said.split()), self.said()
                self.running.remove(process)
                self.start()

    def stop(self) -> None:
        """End all of them."""
        self.end(*self.running)

    def log(self, number: int) -> Path:
        """What the process of this number says."""
        return self.folder / f"{self.topics.name}-{number}.log"

    def said(self, most: int = 2000) -> str:
        """The ends of all logs, for a test that failed."""
        logs = [self.log(number) for number in range(1, self.started + 1)]
        return "\n".join(f"{log.name}: {log.read_text()[-most:]}" for log in logs)

    def count(self, word: str) -> int:
        """How often the logs hold `word`."""
        return sum(self.log(number).read_text().count(word) for number in range(1, self.started + 1))

    def store(self) -> Store:
        """Another connection to the store."""
        return open_store(self.store_url)

    def until(self, true: Callable[[Store], bool], patience: float = PATIENCE) -> None:
        """Wait for something to become true of the store, while every process runs."""
        deadline = time.monotonic() + patience
        with closing(self.store()) as store:
            while not true(store):
                self.supervise()
                late = time.monotonic() > deadline
                assert not late, f"{store.partitions()} {store.leadership()}\n{self.said()}"
                time.sleep(0.2)

    def drain(self, records: int, last_tick: int, patience: float = PATIENCE) -> None:
        """Wait until so many records were read, and what came of the ticks was stored and delivered."""
        self.until(lambda store: self._is_drained(store, records, last_tick), patience)

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

    def _is_drained(self, store: Store, records: int, last_tick: int) -> bool:
        lead = store.leadership()
        read = sum(partition.counts.read for partition in store.partitions())
        concluded = lead.concluded is not None and lead.concluded >= last_tick
        return (
            read >= records
            and concluded
            and store.cursor(f"kafka/{self.topics.alerts}", "alerts") == lead.alerts
            and store.cursor(f"kafka/{self.topics.verdicts}", "verdicts") == lead.verdicts
        )


def _verdict(verdict: Any) -> tuple[str, str, float, str | None]:
    return verdict.account_id, verdict.label, verdict.score, verdict.campaign_id
