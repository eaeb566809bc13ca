from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from streaming.open_partitions import open_partitions
from streaming.partitions import Polled
from streaming.pump import Pump, PumpSettings
from streaming.source import SourceError, SourceUnavailable
from tests.support.broker import running_broker
from tests.support.topics import PATIENCE, Reader, committed, numbered, produce, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streaming.partitions import PartitionedSource, Progress
    from streaming.watchdog import Stuck
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka


class Faulty:
    """A real source with a fault: it holds `deaf` back, or no poll returns until `hung` is set."""

    def __init__(
        self, source: PartitionedSource, deaf: str | None = None, hung: threading.Event | None = None
    ) -> None:
        self.source = source
        self.deaf = deaf
        self.hung = hung
        self.closed = threading.Event()

    def poll(self, timeout: float) -> Polled:
        """As the source does, unless it hangs."""
        if self.hung is not None:
            self.hung.wait(PATIENCE)
        return self.source.poll(timeout)

    def seek(self, origin: str, position: int | None) -> None:
        """Begin, but not to read what is to be held back."""
        if origin == self.deaf:
            self.source.pause([origin])
        self.source.seek(origin, position)

    def pause(self, origins: Iterable[str]) -> None:
        """As the source does."""
        self.source.pause(origins)

    def resume(self, origins: Iterable[str]) -> None:
        """As the source does, but for what is to be held back."""
        self.source.resume(set(origins) - {self.deaf})

    def commit(self, offsets: Mapping[str, int]) -> None:
        """As the source does."""
        self.source.commit(offsets)

    def progress(self) -> dict[str, Progress]:
        """As the source does."""
        return self.source.progress()

    def origins(self) -> set[str]:
        """As the client says."""
        return self.source.origins()

    def stop(self) -> None:
        """As the source does."""
        self.source.stop()

    def close(self) -> None:
        """As the source does, and say so."""
        self.source.close()
        self.closed.set()


class Lost(Faulty):
    """A source that finds nobody any more once it has read something."""

    def __init__(self, source: PartitionedSource, *, lost: bool) -> None:
        super().__init__(source)
        self.lost = lost
        self.read = False

    def poll(self, timeout: float) -> Polled:
        """As the source does, until it has brought records."""
        if self.read and self.lost:
            raise SourceUnavailable("nobody answers")
        polled = self.source.poll(timeout)
        self.read |= bool(polled.blocks)
        return polled


def opening(broker: Broker, topic: str, **changes: Any) -> Callable[[], PartitionedSource]:
    """How a pump opens a source of one topic."""
    values = {"group": f"pump-{topic}", "session_seconds": 3.0, "max_poll_seconds": 3.0, **changes}
    return lambda: open_partitions(settings(broker, topics=(topic,), **values), {})


def quick(**changes: Any) -> PumpSettings:
    """Settings that do not wait long."""
    return PumpSettings(**{"poll_seconds": 0.1, "check_seconds": 0.2, **changes})


def lags(pump: Pump) -> dict[str, int | None]:
    """Records behind the end, per origin."""
    progress, _, _ = pump.standing()
    return {origin: now.lag for origin, now in progress.items()}


def unreported(stuck: Stuck) -> None:
    """Nothing is expected to get stuck."""
    raise AssertionError(stuck)


def filled(broker: Broker, topic: str, partitions: int, count: int) -> str:
    """A topic with numbered records in each partition."""
    broker.create_topic(topic, partitions)
    for partition in range(partitions):
        produce(broker, topic, numbered(0, count), partition)
    return topic


def test_records_come_through_in_order(kafka_broker: Broker) -> None:
    """Seeks travel one way and records the other; the lag is known."""
    topic = filled(kafka_broker, "pumped", 2, 30)
    connect = opening(kafka_broker, topic, max_poll_records=7)
    with Pump(connect, quick(), unreported) as pump:
        reading = Reader(pump.take, pump.seek, {f"{topic}/1": 10})
        reading.until(lambda: reading.count == 50 and lags(pump) == {f"{topic}/0": 0, f"{topic}/1": 0})
        assert pump.poll_age() < PATIENCE
    assert reading.positions == {f"{topic}/0": list(range(30)), f"{topic}/1": list(range(10, 30))}


def test_a_full_queue_holds_reading_back_and_membership_lasts(kafka_broker: Broker) -> None:
    """Nobody takes for longer than a member may be silent: little waits, nothing is lost or revoked."""
    topic = filled(kafka_broker, "backpressure", 1, 200)
    connect = opening(kafka_broker, topic, max_poll_records=10, session_seconds=2.0, max_poll_seconds=2.0)
    with Pump(connect, quick(records=20), unreported) as pump:
        reading = Reader(pump.take, pump.seek)
        reading.until(lambda: reading.count >= 10)
        time.sleep(3.5)
        behind = lags(pump)[f"{topic}/0"]
        assert behind is not None
        assert behind >= 200 - 10 - 20 - 20
        reading.until(lambda: reading.count == 200)
    assert reading.revoked == []
    assert reading.positions == {f"{topic}/0": list(range(200))}


def test_records_of_a_lost_partition_are_not_handed_out(kafka_broker: Broker) -> None:
    """What waits in the queue when another member takes the partition over is dropped and read there."""
    topic = filled(kafka_broker, "overtaken", 2, 10)
    with Pump(opening(kafka_broker, topic), quick(), unreported) as pump:
        first = Reader(pump.take, pump.seek)
        first.until(lambda: len(first.owned) == 2)
        other = opening(kafka_broker, topic)()
        second = Reader(other.poll, other.seek)
        second.until(lambda: second.count == 10)
        first.until(lambda: first.count >= 10 and bool(first.revoked))
        assert first.owned | second.owned == {f"{topic}/0", f"{topic}/1"}
        assert first.positions[first.owned.pop()] == list(range(10))
        other.close()


def test_what_ends_reading_is_raised_where_records_are_taken(kafka_broker: Broker) -> None:
    """A misspelt topic reaches the processing thread as the same error, again and again."""
    with Pump(opening(kafka_broker, "misspelt"), quick(), unreported) as pump:
        for _ in range(2):
            with pytest.raises(SourceError, match="no topic misspelt"):
                Reader(pump.take, pump.seek).during(PATIENCE)


def test_brokers_that_are_away_at_the_start_are_waited_for() -> None:
    """Records come once a broker is there; one that stays away ends the reading."""
    with running_broker() as broker:
        topic = filled(broker, "late", 1, 10)
        broker.kill()
        connect = opening(broker, topic, unreachable_seconds=0.5)
        with (
            Pump(connect, quick(patience_seconds=1.0), unreported) as hasty,
            Pump(connect, quick(), unreported) as pump,
        ):
            with pytest.raises(SourceError, match="did not answer"):
                Reader(hasty.take, hasty.seek).during(PATIENCE)
            broker.start()
            reading = Reader(pump.take, pump.seek)
            reading.until(lambda: reading.count == 10)
    assert reading.positions == {f"{topic}/0": list(range(10))}


def test_a_client_that_finds_nobody_is_replaced(kafka_broker: Broker) -> None:
    """What the client lost its brokers over is read on by another, from where the records were taken."""
    topic = filled(kafka_broker, "replaced", 1, 10)
    connect = opening(kafka_broker, topic, max_poll_records=4)
    opened: list[Lost] = []

    def losing() -> PartitionedSource:
        opened.append(Lost(connect(), lost=not opened))
        return opened[-1]

    with Pump(losing, quick(), unreported) as pump:
        reading = Reader(pump.take, pump.seek)
        reading.until(lambda: reading.count >= 10 and len(opened) > 1)
    assert opened[0].closed.is_set()
    assert reading.revoked == [f"{topic}/0"]


def test_stopping_lets_what_was_taken_be_finished(kafka_broker: Broker) -> None:
    """After `stop` nothing comes, and a commit made then is seen by the group's next member."""
    topic = filled(kafka_broker, "finished", 1, 10)
    with Pump(opening(kafka_broker, topic), quick(), unreported) as pump:
        reading = Reader(pump.take, pump.seek)
        reading.until(lambda: reading.count == 10)
        pump.stop()
        assert pump.stopped
        assert pump.take(1.0) == Polled()
        pump.commit({f"{topic}/0": 4})
    assert committed(kafka_broker, f"pump-{topic}", f"{topic}/0") == 4


@pytest.mark.parametrize("fault", ["deaf", "hung"])
def test_a_stuck_client_is_reported_and_replaced(kafka_broker: Broker, fault: str) -> None:
    """A partition that does not move, or a poll that does not return: another client reads on from there."""
    topic = filled(kafka_broker, f"stuck-{fault}", 2, 10)
    connect = opening(kafka_broker, topic)
    released = threading.Event()
    faults = {"deaf": {"deaf": f"{topic}/1"}, "hung": {"hung": released}}
    faulty: list[Faulty] = []
    reports: list[Stuck] = []

    def opened() -> PartitionedSource:
        faulty.append(Faulty(connect(), **({} if faulty else faults[fault])))  # type: ignore[arg-type]  # arguments of several types
        return faulty[-1]

    with Pump(opened, quick(stuck_seconds=1.0), reports.append) as pump:
        reading = Reader(pump.take, pump.seek)
        reading.until(lambda: bool(reports))
        released.set()
        assert faulty[0].closed.wait(PATIENCE)
        reading.until(lambda: reading.count == 20)
    assert [report.origin for report in reports] == [f"{topic}/1" if fault == "deaf" else None]
    assert reading.positions == {f"{topic}/0": list(range(10)), f"{topic}/1": list(range(10))}
    assert sorted(reading.revoked) == ([f"{topic}/0", f"{topic}/1"] if fault == "deaf" else [])
