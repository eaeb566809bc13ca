from __future__ import annotations

import math
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stillwatch_client import EventShipper, Service, ShipperSettings
from stillwatch_client.http_transport import HttpTransport
from stillwatch_client.transport import Delivery

from tests.client.conditions import eventually
from tests.client.stub_service import KEY, StubService, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stillwatch_client.transport import Line


class Scripted:
    """A transport in memory: takes as much of each batch as the script says, and all once that has ended."""

    def __init__(self, script: Sequence[int] = ()) -> None:
        self.script = deque(script)
        self.bodies: list[bytes] = []
        self.batches: list[int] = []
        self.opened = threading.Event()
        self.opened.set()
        self.closed = False

    def deliver(self, lines: Sequence[Line]) -> Delivery:
        """As `Transport.deliver`."""
        self.opened.wait()
        self.batches.append(len(lines))
        taken = min(self.script.popleft(), len(lines)) if self.script else len(lines)
        self.bodies += [line.body for line in lines[:taken]]
        return Delivery(taken, unsent=tuple(lines[taken:]), problem="scripted")

    def close(self) -> None:
        """As `Transport.close`."""
        self.closed = True


def quick(**more: Any) -> ShipperSettings:
    """Impatient settings."""
    return ShipperSettings(
        **{"linger": 0.02, "backoff": 0.001, "backoff_most": 0.002, "timeout": 2.0, **more}
    )


def event(number: int) -> dict[str, Any]:
    """A small one."""
    return {"event_id": f"e{number}", "account_id": f"a{number % 3}", "time": "2026-11-22T00:00:00Z"}


@pytest.fixture
def stub() -> StubService:
    """A service with nothing in it."""
    return StubService()


@pytest.fixture
def service(stub: StubService) -> Iterator[Service]:
    """Where it is."""
    with serving(stub) as port:
        yield Service(f"http://127.0.0.1:{port}", KEY)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), max_size=8), st.integers(0, 30), st.integers(1, 7))
def test_every_event_is_delivered_once_and_in_order(script: list[int], events: int, batch: int) -> None:
    """However much of each batch is taken at a time."""
    transport = Scripted(script)
    with EventShipper(transport, quick(batch_events=batch, linger=0.001)) as shipper:
        for number in range(events):
            assert shipper.send(event(number))
    assert [b'"e%d"' % number in body for number, body in enumerate(transport.bodies)] == [True] * events
    assert shipper.counters.get("delivered") == events
    assert max(transport.batches, default=0) <= batch
    assert transport.closed


def test_what_has_no_room_is_dropped_and_counted() -> None:
    """By number of events; the sum of all fates is what was offered."""
    transport = Scripted()
    transport.opened.clear()
    shipper = EventShipper(transport, quick(max_events=5, batch_events=2))
    kept = [shipper.send(event(number)) for number in range(20)]
    assert 5 <= sum(kept) <= 7
    transport.opened.set()
    shipper.close()
    counts = shipper.counters
    assert counts.get("dropped", "full") == kept.count(False)
    assert counts.get("delivered") + counts.total("dropped") == counts.get("offered") == 20


def test_long_events_are_bounded_by_bytes() -> None:
    """Text in memory has a limit whatever the number of events."""
    transport = Scripted()
    transport.opened.clear()
    shipper = EventShipper(transport, quick(max_bytes=1000, batch_bytes=300))
    kept = [shipper.send({**event(number), "response": 200 * "x"}) for number in range(20)]
    assert sum(kept) <= 6
    transport.opened.set()
    shipper.close()
    assert max(transport.batches) == 1


def test_closing_gives_up_in_time() -> None:
    """What nobody takes is dropped and counted; later events are too."""
    shipper = EventShipper(Scripted([0] * 100_000), quick(batch_events=2))
    for number in range(5):
        shipper.send(event(number))
    shipper.close(0.2)
    assert not shipper.send(event(9))
    assert eventually(lambda: shipper.counters.get("dropped", "closed") == 6, 1.0)


@pytest.mark.parametrize("value", [math.nan, {1}, "\ud800"])
def test_what_is_no_json_is_dropped_and_counted(value: Any) -> None:
    """It would not be understood, and must not stop the rest."""
    with EventShipper(Scripted(), quick()) as shipper:
        assert not shipper.send({"event_id": "e", "response": value})
    assert shipper.counters.get("dropped", "no_json") == 1


@pytest.mark.parametrize("status", [429, 500, 503, 401])
def test_a_batch_is_sent_again_with_the_same_ids(stub: StubService, service: Service, status: int) -> None:
    """After what may pass: also a key that is being changed."""
    stub.answers = [status, status]
    with EventShipper(HttpTransport(service, 2.0), quick()) as shipper:
        for number in range(3):
            shipper.send(event(number))
        assert eventually(lambda: len(stub.events) == 3)
    assert stub.posts == [["e0", "e1", "e2"]] * 3
    assert shipper.counters.get("delivered") == 3


def test_a_batch_that_is_too_long_is_sent_in_halves(stub: StubService, service: Service) -> None:
    """And what is too long by itself is rejected and counted."""
    stub.most_events = 2
    with EventShipper(HttpTransport(service, 2.0), quick()) as shipper:
        for number in range(5):
            shipper.send(event(number))
        assert eventually(lambda: len(stub.events) == 5)
        stub.most_events = 0
        shipper.send(event(5))
        assert eventually(lambda: shipper.counters.get("rejected") == 1)
    assert [one["event_id"] for one in stub.events] == ["e0", "e1", "e2", "e3", "e4"]


def test_what_is_refused_for_good_is_not_sent_again(stub: StubService, service: Service) -> None:
    """As the service says: it will not help."""
    stub.answers = [400]
    with EventShipper(HttpTransport(service, 2.0), quick()) as shipper:
        shipper.send(event(1))
        assert eventually(lambda: shipper.counters.get("rejected") == 1)
    assert len(stub.posts) == 1


def test_a_service_that_comes_back_gets_what_waited(stub: StubService) -> None:
    """Nothing is lost while it is away, as long as there is room."""
    with serving(stub) as port:
        pass
    with EventShipper(HttpTransport(Service(f"http://127.0.0.1:{port}", KEY), 1.0), quick()) as shipper:
        for number in range(4):
            shipper.send(event(number))
        assert eventually(lambda: shipper.counters.get("retries") >= 2)
        with serving(stub, port):
            assert eventually(lambda: len(stub.events) == 4)
    assert shipper.counters.get("delivered") == 4
