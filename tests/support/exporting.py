"""An outbox that tests fill and empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.exports.outbox.deliveries import Deliveries
from detector.exports.outbox.exporter import Exporter
from detector.exports.outbox.sender import Sender
from detector.exports.sending.outcome import Outcome
from detector.exports.sinks.registry import Sinks
from detector.exports.sinks.settings import make_sink
from tests.support.exported import (
    NOW,
    PRODUCT,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.exports.sending.outcome import Parcel, Sending
    from detector.exports.sinks.sink import Sink
    from detector.store.database import Database

MINUTE: Final = 60_000


class Watch:
    """A clock that shows what it is told to."""

    now = NOW

    def __call__(self) -> int:
        """Ms of the wall clock."""
        return self.now


class Post:
    """A way of sending that remembers what it sent, and answers from a list (then: sent)."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.sent: list[Parcel] = []
        self._answers = list(answers)

    def send(self, parcel: Parcel, now: int) -> Outcome:
        """As `Sending.send`."""
        assert now > 0
        self.sent.append(parcel)
        answer = self._answers.pop(0) if self._answers else Outcome("sent")
        if isinstance(answer, Exception):
            raise answer
        return answer


def add(database: Database, name: str = "soc", **settings: str) -> Sink:
    """A sink that takes what it is told to."""
    values = {"url": "https://example.test/x", "secret": "env:STILLWATCH_EXPORT_SOC", **settings}
    sink = make_sink(name, "webhook", values, NOW)
    Sinks(database).add(sink)
    return sink


def followed(database: Database) -> int:
    """Deliveries written until there is nothing to do."""
    exporter = Exporter(database, PRODUCT)
    before = sum(Deliveries(database).counts().values())
    while exporter.follow(NOW):
        pass
    return sum(Deliveries(database).counts().values()) - before


def sending(database: Database, **ways: Sending) -> tuple[Sender, Callable[[int], dict[str, dict[str, int]]]]:
    """A sender over ways by the sink's name, and what a run of it comes to."""
    watch = Watch()
    sender = Sender(database, lambda sink: ways[sink.name], lambda: 0.5, watch, patience=5.0)

    def run(now: int) -> dict[str, dict[str, int]]:
        watch.now = now
        return {one.sink: {str(name): n for name, n in one.results.items()} for one in sender.run_once()}

    return sender, run
