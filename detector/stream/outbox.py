"""The outbox: what is stored goes to sinks in the order of its versions, at least once.

A sink's cursor is in the store and moves after the sink confirmed: what was sent and not confirmed is sent
again, under the same keys and with the same ids. The store, not the sink, decides what was found.

A process may stand still in the middle of this, and go on when another one has long delivered what is newer.
So it asks before it sends whether it still leads, and again after it; if not, it sends what has become of
the same keys meanwhile, so that the last record of a key is the latest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.alert import timestamp
from detector.store.errors import StoreUnavailable
from detector.telemetry.fields import Failure, Name
from streaming.dead_letters import DeadLetter, letter_fields
from streaming.sink import SinkError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.store.findings import StoredAlert, StoredVerdict, Stream
    from detector.store.intake import StoredLetter
    from detector.store.interface import ReadStore
    from detector.telemetry.delivering import DeliveryTelemetry
    from detector.telemetry.logs import Log
    from streaming.sink import Sink

BATCH: Final = 512


@dataclass(frozen=True, slots=True)
class Sent:
    """A record for a sink, under the version of what it says."""

    version: int
    key: str
    value: Any
    """what JSON can say; None deletes the key of a compacted topic"""
    short: Any = None
    """what is sent where a sink finds the value too large; None: nothing less will do"""


@dataclass(frozen=True, slots=True)
class Route:
    """Which records go to which sink; `name` is under what the store remembers how far it came."""

    name: str
    stream: Stream
    sink: Sink
    read: Callable[[ReadStore, int, int], Sequence[Sent]]
    """of those after a version the first so many, by version"""
    latest: Callable[[ReadStore, str], Sent | None] | None = None
    """what now stands under a key, where only the last record of one counts"""


class Outbox:
    """Used by one thread."""

    def __init__(
        self,
        store: ReadStore,
        routes: Sequence[Route],
        holds: Callable[[], bool],
        telemetry: DeliveryTelemetry,
        log: Log,
    ) -> None:
        """`holds` asks the store whether this process leads at the moment."""
        self._store = store
        self._routes = routes
        self._holds = holds
        self._telemetry = telemetry
        self._log = log

    def stop(self) -> None:
        """This process delivers nothing for now: how much waits is for another to tell."""
        for route in self._routes:
            self._telemetry.stopped(route.name)

    def step(self) -> bool:
        """Send what waits, a batch for each sink; whether there was any. Raises `StoreError`.

        Where the store or a sink is unavailable, what waits goes on waiting.
        """
        delivered = [self._attempt(route) for route in self._routes]
        return any(delivered)

    def _attempt(self, route: Route) -> bool:
        try:
            return self._deliver(route)
        except (SinkError, StoreUnavailable) as error:
            self._telemetry.failed(route.name)
            self._log.warning("delivery failed, is repeated", sink=Name(route.name), error=Failure(error))
            return False

    def _deliver(self, route: Route) -> bool:
        sent = route.read(self._store, self._store.cursor(route.name, route.stream), BATCH)
        self._telemetry.backlog(route.name, len(sent))
        if not (sent and self._holds()):
            return False
        self._send(route, sent)
        if not self._holds():
            self._catch_up(route, sent)
            return False
        self._store.advance(route.name, route.stream, sent[-1].version)
        self._telemetry.delivered(route.name, len(sent))
        return True

    def _send(self, route: Route, records: Sequence[Sent]) -> None:
        with self._telemetry.span("deliver", sink=Name(route.name), records=len(records)):
            try:
                for record in records:
                    self._queue(route, record)
            finally:
                # What was queued before a record that is refused goes, and waits for no later attempt.
                route.sink.flush()

    def _queue(self, route: Route, record: Sent) -> None:
        """Whole, or in short where that is too large: all that follow would wait for it."""
        try:
            route.sink.send(record.key, record.value)
        except TooLarge as error:
            if record.short is None:
                raise
            self._log.warning("sent in short", sink=Name(route.name), error=Failure(error))
            route.sink.send(record.key, record.short)

    def _catch_up(self, route: Route, sent: Sequence[Sent]) -> None:
        """Send what became of the keys of `sent`, until nothing did while it was sent."""
        self._log.warning("delivered after another process led", sink=Name(route.name), records=len(sent))
        while route.latest is not None and sent:
            now = [(one, route.latest(self._store, one.key)) for one in sent]
            sent = [new for old, new in now if new is not None and new.version > old.version]
            self._send(route, sent)


def holds(store: ReadStore, lease: int | None, now: int) -> bool:
    """Whether the store says that `lease` leads, at a wall clock of `now` (ms)."""
    stands = store.leadership()
    return stands.lease == lease and stands.until > now


def alerts(store: ReadStore, after: int, limit: int) -> Sequence[Sent]:
    """Revisions of alerts, keyed by alert."""
    return [_alert(stored) for stored in store.alerts(after, limit)]


def verdicts(store: ReadStore, after: int, limit: int) -> Sequence[Sent]:
    """The latest verdict of each account that changed, keyed by account."""
    return [_verdict(stored) for stored in store.verdicts(after, limit)]


def verdict(store: ReadStore, account_id: str) -> Sent | None:
    """The verdict of one account, as `verdicts` tells it."""
    stored = store.verdict_of(account_id)
    return None if stored is None else _verdict(stored)


def letters(store: ReadStore, after: int, limit: int) -> Sequence[Sent]:
    """Dead letters, keyed by the partition that they came from."""
    return [_letter(stored) for stored in store.letters(after, limit)]


def _alert(stored: StoredAlert) -> Sent:
    return Sent(stored.version, stored.alert.alert_id, msgspec.Raw(stored.alert.body))


def _verdict(stored: StoredVerdict) -> Sent:
    one = stored.verdict
    said = {
        "account_id": one.account_id,
        "label": one.label,
        "score": round(one.score, 6),
        "status": one.status,
        "campaign_id": one.campaign_id,
        "time": timestamp(one.time),
        "version": stored.version,
    }
    return Sent(stored.version, one.account_id, said)


def _letter(stored: StoredLetter) -> Sent:
    kept = stored.letter
    letter = DeadLetter(stored.origin, kept.position, kept.reason, kept.detail, kept.payload)
    number = {"letter_id": f"{letter.origin}@{letter.position}"}
    whole = number | letter_fields(letter, keep_payload=True)
    short = number | letter_fields(letter, keep_payload=False)
    # By origin, so that the letters of one partition keep their order.
    return Sent(stored.number, letter.origin, whole, short)
