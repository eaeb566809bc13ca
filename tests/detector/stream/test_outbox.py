from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from detector.store.findings import Findings
from detector.store.intake import Letter
from detector.stream.outbox import Outbox, Route, holds, letters, verdict, verdicts
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from streaming.dead_letters import DeadLetter, parse_letter
from streaming.sink import TooLarge
from tests.support.stores import claimed, commit_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.interface import Store


@dataclass
class Kept:
    """A sink that keeps what it is sent, as JSON."""

    records: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, key: str, value: object) -> None:
        """Keep one record."""
        self.records.append((key, msgspec.json.encode(value)))

    def flush(self) -> None:
        """It is kept already."""


@dataclass
class Narrow(Kept):
    """One that takes no large records."""

    most: int = 200

    def send(self, key: str, value: object) -> None:
        """Keep a record that is small enough."""
        if len(msgspec.json.encode(value)) > self.most:
            raise TooLarge("of a test")
        super().send(key, value)


@dataclass
class Compacted:
    """A topic's last records; `frozen` happens to a process between sending and the topic."""

    last: dict[str, Any]
    frozen: Callable[[], None] = lambda: None
    queued: dict[str, Any] = field(default_factory=dict)

    def send(self, key: str, value: Any) -> None:
        """Queue one record."""
        self.queued[key] = value["version"]

    def flush(self) -> None:
        """Everything that happens to the process, and then to the topic."""
        frozen, self.frozen = self.frozen, lambda: None
        frozen()
        self.last.update(self.queued)
        self.queued.clear()


@dataclass
class Rivals:
    """Processes that deliver verdicts of one store to one topic."""

    store: Store
    last: dict[str, Any] = field(default_factory=dict)
    now: int = 0

    def leads(self, owner: str) -> int:
        """The lease of whoever leads from now on, for a while."""
        lease = self.store.lead(owner, self.now, 10)
        assert lease is not None
        return lease

    def outbox(self, lease: int, sink: Compacted | None = None) -> Outbox:
        """Of the process with this lease."""
        route = Route("said", "verdicts", sink or Compacted(self.last), verdicts, verdict)
        with open_logs(io.StringIO()) as log:
            return Outbox(
                self.store,
                [route],
                lambda: holds(self.store, lease, self.now),
                make_telemetry().delivery,
                log,
            )

    def overtaken(self) -> None:
        """The lease ends, and another process finds and delivers something newer."""
        self.now += 20
        lease = self.leads("another")
        found = Findings(2, verdicts=[verdict_of("acc-1", 200), verdict_of("acc-3", 200)])
        self.store.conclude(lease, found, self.now)
        assert self.outbox(lease).step()


def begun(store: Store) -> tuple[Rivals, int]:
    """One process leads, with two verdicts to deliver."""
    rivals = Rivals(store)
    lease = rivals.leads("first")
    store.conclude(lease, Findings(1, verdicts=[verdict_of("acc-1"), verdict_of("acc-2")]), 0)
    return rivals, lease


def test_who_stood_still_before_sending_sends_nothing(store: Store) -> None:
    """The store is asked who leads before each batch."""
    rivals, lease = begun(store)
    late = rivals.outbox(lease)
    rivals.overtaken()
    told = dict(rivals.last)
    rivals.last.clear()
    assert not late.step()
    assert rivals.last == {}
    assert told == {"acc-1": 3, "acc-2": 2, "acc-3": 4}


def test_who_stood_still_while_sending_lets_the_latest_stand(store: Store) -> None:
    """What it sent after another process did is followed by what the store says now."""
    rivals, lease = begun(store)
    late = rivals.outbox(lease, Compacted(rivals.last, rivals.overtaken))
    assert not late.step()
    assert rivals.last == {"acc-1": 3, "acc-2": 2, "acc-3": 4}
    assert store.cursor("said", "verdicts") == 4


def deliver_letters(store: Store, sink: Kept) -> None:
    """All that wait, in one step."""
    with open_logs(io.StringIO()) as log:
        route = Route("dead", "letters", sink, letters)
        outbox = Outbox(store, [route], lambda: True, make_telemetry().delivery, log)
        assert outbox.step()
        assert not outbox.step()


def test_dead_letters_reach_their_topic(store: Store) -> None:
    """A letter is keyed by its origin, told by its id, and read back with its bytes if they were kept."""
    kept = [Letter(4, "not_json", "what", b"\xff{"), Letter(9, "not_json", "what", None)]
    store.commit([commit_of(claimed(store, "usage/0"), 10, letters=kept)], 1)
    sink = Kept()
    deliver_letters(store, sink)

    assert [key for key, _ in sink.records] == ["usage/0"] * 2
    ids = [msgspec.json.decode(value)["letter_id"] for _, value in sink.records]
    assert ids == ["usage/0@4", "usage/0@9"]
    assert [parse_letter(value) for _, value in sink.records] == [
        DeadLetter("usage/0", 4, "not_json", "what", b"\xff{"),
        DeadLetter("usage/0", 9, "not_json", "what", None),
    ]


def test_a_letter_that_is_too_large_goes_without_its_payload(store: Store) -> None:
    """It holds up none of those that follow."""
    kept = [Letter(4, "not_json", "what", b"x" * 300), Letter(9, "not_json", "what", b"y")]
    store.commit([commit_of(claimed(store, "usage/0"), 10, letters=kept)], 1)
    sink = Narrow()
    deliver_letters(store, sink)

    told = [parse_letter(value) for _, value in sink.records]
    assert [(letter.position, letter.payload) for letter in told] == [(4, None), (9, b"y")]
