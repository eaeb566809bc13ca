from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from detector.store.intake import Letter
from detector.store.retention import Retention
from detector.stream.outbox import Outbox, Route, holds, letters
from detector.stream.service import Office, Stop
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import Telemetry, make_telemetry
from tests.detector.stream.staged import Stage
from tests.features.account.streams import Stream
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from detector.store.interface import Store

LEASE = 30.0
FINISH = 0.2
PATIENCE = 20.0


@dataclass
class Broker:
    """A sink whose broker may be away: a flush waits until it is there."""

    keys: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    there: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None

    def send(self, key: str, value: object) -> None:
        """Keep its key."""
        assert value
        self.keys.append(key)

    def flush(self) -> None:
        """Wait for the broker."""
        self.asked.set()
        assert self.there.wait(PATIENCE)
        if self.fault is not None:
            raise self.fault


@dataclass
class Run:
    """A process that leads, with one letter to deliver."""

    stage: Stage
    broker: Broker
    telemetry: Telemetry
    stop: Stop
    ended: Future[None]

    @property
    def backlog(self) -> float | None:
        """As the metrics show it."""
        return self.telemetry.registry.get_sample_value("stillwatch_outbox_backlog", {"sink": "dead"})

    def goes_on(self, seconds: float) -> None:
        """Time passes."""
        self.stage.clock.wall += round(seconds * 1000)
        self.stage.clock.seconds += seconds


@contextmanager
def leading(store: Store, broker: Broker) -> Iterator[Run]:
    """Until the end of the block, or sooner if it is asked."""
    stage, telemetry, stop = Stage(store, Stream([], [])), make_telemetry(), Stop()
    letter = Letter(4, "not_json", "what", None)
    store.commit([commit_of(claimed(store), 5, letters=[letter])], 1)
    with open_logs(io.StringIO()) as log, ThreadPoolExecutor(1) as pool:
        leader = stage.leader(lease_seconds=LEASE)
        outbox = Outbox(
            store,
            [Route("dead", "letters", broker, letters)],
            lambda: holds(store, leader.lease, stage.clock.wall),
            telemetry.delivery,
            log,
        )
        office = Office(leader, outbox, store, Retention(), stage.clock, log, FINISH)
        try:
            yield Run(stage, broker, telemetry, stop, pool.submit(office.run, stop))
        finally:
            broker.there.set()
            stop.ask()


def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_broker_that_is_away_keeps_nobody_from_leading(store: Store) -> None:
    """The lease is renewed while a delivery hangs, and given up in time although it still does."""
    with leading(store, Broker()) as run:
        assert run.broker.asked.wait(PATIENCE)
        for _ in range(2):
            run.goes_on(LEASE / 2)
            due = run.stage.clock.wall + round(LEASE * 1000)
            until(lambda due=due: store.leadership().until == due)  # type: ignore[misc]
        run.stop.ask()
        until(lambda: store.leadership().owner is None)
        assert not run.broker.there.is_set()
        run.broker.there.set()
        run.ended.result(PATIENCE)


def test_what_waits_is_delivered_before_another_leads(store: Store) -> None:
    """A process that is asked to stop sends what is stored by then, and confirms it."""
    broker = Broker()
    broker.there.set()
    with leading(store, broker) as run:
        run.stop.ask()
        run.ended.result(PATIENCE)
    assert broker.keys == ["t/0"]
    assert store.cursor("dead", "letters") == 1
    assert run.backlog is None


def test_who_leads_no_more_tells_of_no_backlog(store: Store) -> None:
    """Or two processes would show it, and one of them for ever."""
    broker = Broker()
    broker.there.set()
    with leading(store, broker) as run:
        until(lambda: run.backlog == 0)
        after = run.stage.clock.wall + round(2 * LEASE * 1000)
        assert store.lead("another", after, 10**9) is not None
        run.goes_on(LEASE)
        until(lambda: run.backlog is None)


def test_a_fault_of_a_delivery_ends_the_process(store: Store) -> None:
    """It is raised where the process leads, as every fault of its own is."""
    broker = Broker(fault=RuntimeError("a fault of ours"))
    broker.there.set()
    with leading(store, broker) as run, pytest.raises(RuntimeError, match="a fault of ours"):
        run.ended.result(PATIENCE)


def test_a_fault_at_the_end_is_told_once_the_lead_is_given_up(store: Store) -> None:
    """A delivery that fails while the process stops keeps no other from leading."""
    broker = Broker(fault=RuntimeError("a fault of ours"))
    with leading(store, broker) as run:
        assert broker.asked.wait(PATIENCE)
        run.stop.ask()
        until(lambda: store.leadership().owner is None)
        broker.there.set()
        with pytest.raises(RuntimeError, match="a fault of ours"):
            run.ended.result(PATIENCE)
