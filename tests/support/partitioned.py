"""Each log of partitions that a `PartitionedSource` reads, behind one interface for the contract's tests."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import xxhash

from streaming.open_partitions import open_partitions
from streaming.queue.directory import open_directory
from streaming.queue.groups import told_positions
from streaming.queue.settings import QueueSettings
from streaming.queue.source import QueueSource
from streaming.queue.writer import QueueWriter
from tests.support.topics import committed, produce, settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from streaming.kafka_settings import Client
    from streaming.partitions import PartitionedSource
    from tests.support.broker import Broker

SESSION_SECONDS: Final = 2.0


class Partitioned(Protocol):
    """A log of some partitions, new for each test."""

    silence: float
    """seconds that a test keeps quiet, to see that a reader stays one"""

    def make(self, partitions: int) -> None:
        """Make the log."""
        ...

    def write(self, values: Sequence[bytes | None], partition: int = 0) -> None:
        """Append records; None is one without a value."""
        ...

    def open(self, max_poll_records: int = 5000) -> PartitionedSource:
        """A source of the log."""
        ...

    def origin(self, partition: int) -> str:
        """What a source calls a partition."""
        ...

    def committed(self, origin: str) -> int | None:
        """What the log remembers of its readers' progress."""
        ...


@dataclass
class KafkaTopic:
    """A topic, read by one of the clients."""

    broker: Broker
    client: Client
    topic: str = field(default_factory=lambda: f"contract-{time.time_ns()}")
    silence: float = 1.75 * SESSION_SECONDS

    def make(self, partitions: int) -> None:
        """As `Partitioned.make`."""
        self.broker.create_topic(self.topic, partitions)

    def write(self, values: Sequence[bytes | None], partition: int = 0) -> None:
        """As `Partitioned.write`."""
        produce(self.broker, self.topic, values, partition)

    def open(self, max_poll_records: int = 5000) -> PartitionedSource:
        """As `Partitioned.open`."""
        chosen = settings(
            self.broker,
            client=self.client,
            topics=(self.topic,),
            group=self.topic,
            session_seconds=SESSION_SECONDS,
            max_poll_seconds=SESSION_SECONDS,
            max_poll_records=max_poll_records,
        )
        return open_partitions(chosen, {})

    def origin(self, partition: int) -> str:
        """As `Partitioned.origin`."""
        return f"{self.topic}/{partition}"

    def committed(self, origin: str) -> int | None:
        """As `Partitioned.committed`."""
        return committed(self.broker, self.topic, origin)


class EmbeddedQueue:
    """A queue; every record is written with a key that leads to its partition."""

    silence = 0.3

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Where it will be; `stack` closes its writer."""
        self._path = path
        self._stack = stack

    def make(self, partitions: int) -> None:
        """As `Partitioned.make`."""
        self._writer = self._stack.enter_context(QueueWriter(self._path, QueueSettings(partitions)))
        self._keys = keys_of(partitions)

    def write(self, values: Sequence[bytes | None], partition: int = 0) -> None:
        """As `Partitioned.write`."""
        self._writer.append([(self._keys[partition], value or b"") for value in values]).result(10)

    def open(self, max_poll_records: int = 5000) -> PartitionedSource:
        """As `Partitioned.open`."""
        return QueueSource(self._path, "group", max_records=max_poll_records)

    def origin(self, partition: int) -> str:
        """As `Partitioned.origin`."""
        return open_directory(self._path).origin(partition)

    def committed(self, origin: str) -> int | None:
        """As `Partitioned.committed`."""
        return told_positions(open_directory(self._path), "group").get(int(origin.rpartition("/")[2]))


def keys_of(partitions: int) -> dict[int, str]:
    """A key for each partition of a queue: the queue's own rule, XXH3-64 modulo their number."""
    found: dict[int, str] = {}
    for number in range(1000):
        found.setdefault(xxhash.xxh3_64_intdigest(str(number).encode()) % partitions, str(number))
    return found
