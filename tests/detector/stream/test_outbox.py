from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from detector.store.intake import Letter
from detector.stream.outbox import Outbox, Route, letters
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from streaming.dead_letters import DeadLetter, parse_letter
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
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


def test_dead_letters_reach_their_topic(store: Store) -> None:
    """A letter is keyed by its origin, told by its id, and read back with its bytes if they were kept."""
    kept = [Letter(4, "not_json", "what", b"\xff{"), Letter(9, "not_json", "what", None)]
    store.commit([commit_of(claimed(store, "usage/0"), 10, letters=kept)], 1)
    sink = Kept()
    with open_logs(io.StringIO()) as log:
        outbox = Outbox(store, [Route("dead", "letters", sink, letters)], make_telemetry().delivery, log)
        assert outbox.step()
        assert not outbox.step()

    assert [key for key, _ in sink.records] == ["usage/0"] * 2
    ids = [msgspec.json.decode(value)["letter_id"] for _, value in sink.records]
    assert ids == ["usage/0@4", "usage/0@9"]
    assert [parse_letter(value) for _, value in sink.records] == [
        DeadLetter("usage/0", 4, "not_json", "what", b"\xff{"),
        DeadLetter("usage/0", 9, "not_json", "what", None),
    ]
