"""Sends what is due, each sink by itself, so that one that fails or hangs holds up no other."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.exports.errors import ExportError
from detector.exports.outbox.backoff import delay
from detector.exports.outbox.deliveries import Deliveries
from detector.exports.sending.outcome import Outcome
from detector.exports.sinks.registry import Sinks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from detector.exports.outbox.deliveries import Delivery
    from detector.exports.sending.outcome import Parcel, Result, Sending
    from detector.exports.sinks.sink import Sink
    from detector.store.database import Database

_SINKS: Final = 32
"""Sent to at once."""
_BATCH: Final = 20
"""Deliveries to a sink in one go, before it is told what came of them."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of tries to one sink."""

    sink: str
    kind: str
    results: Mapping[Result, int]


class Sender:
    """Used by one thread; any number of processes may have one."""

    def __init__(
        self,
        database: Database,
        way: Callable[[Sink], Sending],
        draw: Callable[[], float],
        now: Callable[[], int],
        patience: float = 1.0,
    ) -> None:
        """`draw` gives numbers in [0, 1), and `now` ms of the wall clock.

        `patience` is for how many seconds to wait for slow sinks.
        """
        self._deliveries = Deliveries(database)
        self._sinks = Sinks(database)
        self._way = way
        self._draw = draw
        self._now = now
        self._patience = patience
        self._pool = ThreadPoolExecutor(_SINKS, "exports")
        self._busy: dict[str, Future[Tally]] = {}

    def run_once(self) -> tuple[Tally, ...]:
        """Send some of what is due. Says what came of it, also of slow tries before. Raises `StoreError`."""
        for sink in self._sinks.all():
            if sink.name not in self._busy:
                self._busy[sink.name] = self._pool.submit(self._serve, sink)
        finished, _ = wait(self._busy.values(), self._patience)
        self._busy = {name: one for name, one in self._busy.items() if one not in finished}
        tallies = [one.result() for one in finished]
        return tuple(sorted((one for one in tallies if one.results), key=lambda one: one.sink))

    def close(self) -> None:
        """Wait for tries that are under way."""
        self._pool.shutdown()

    def _serve(self, sink: Sink) -> Tally:
        """Until one has to be tried again: what is wrong with a sink is wrong for its next delivery, too.

        Each try may take long, so that leases, signatures and waits are by the time that it is then.
        """
        results: Counter[Result] = Counter()
        for _ in range(_BATCH):
            found = self._deliveries.due(sink.name, self._now())
            if found is None:
                break
            outcome = self._try(sink, found[1])
            self._settle(found[0], outcome)
            results[outcome.result] += 1
            if outcome.result == "retry":
                break
        return Tally(sink.name, sink.kind, dict(results))

    def _try(self, sink: Sink, parcel: Parcel) -> Outcome:
        try:
            return self._way(sink).send(parcel, self._now())
        except ExportError as error:
            return Outcome("retry", str(error))
        except Exception as error:  # noqa: BLE001 - plugins of Apprise are others' code, and raise what they like
            return Outcome("retry", f"failed with {type(error).__name__}")

    def _settle(self, tried: Delivery, outcome: Outcome) -> None:
        now = self._now()
        due = now + delay(tried.attempts, self._draw(), outcome.after)
        if outcome.result == "sent":
            self._deliveries.settle(tried, "done", now, now, None)
        elif outcome.result == "refused" or due > tried.until:
            self._deliveries.settle(tried, "failed", now, now, outcome.error)
        else:
            self._deliveries.settle(tried, "waiting", now, due, outcome.error)
