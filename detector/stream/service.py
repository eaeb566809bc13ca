"""A process of the live stream: one thread takes records in, another leads if no other process does."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.store.errors import StoreUnavailable
from detector.stream.delivery import Delivery
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.store.interface import Store
    from detector.store.retention import Retention
    from detector.stream.clock import Clock
    from detector.stream.leader import Leader
    from detector.stream.outbox import Outbox
    from detector.stream.worker import Worker
    from detector.telemetry.logs import Log

_TAKE_SECONDS: Final = 0.5
_LEAD_SECONDS: Final = 0.5
_PRUNE_SECONDS: Final = 3600.0


class Stop:
    """Asks every thread of a process to end after its step; a signal handler may ask."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """End soon."""
        self._asked.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks."""
        self._asked.wait(seconds)


@dataclass(frozen=True, slots=True)
class Office:
    """What only the leading process does: score, deliver, and prune."""

    leader: Leader
    outbox: Outbox
    store: Store
    retention: Retention
    clock: Clock
    log: Log
    finish_seconds: float
    """how long what is found may still be delivered once asked to stop; far less than the lease"""

    def run(self, stop: Stop) -> None:
        """Do it until asked to stop; then hand over, with the state stored."""
        with Delivery(self.outbox, lambda: self.leader.leads, self.log) as delivery:
            self._lead(stop, delivery)
            self.leader.step()
            delivery.finish(self.finish_seconds)
            self.leader.checkpoint()
            self.leader.resign()
        delivery.check()

    def _lead(self, stop: Stop, delivery: Delivery) -> None:
        pruned = self.clock.monotonic()
        while not stop:
            folded = self.leader.step()
            delivery.check()
            if self.leader.leads and self.clock.monotonic() - pruned >= _PRUNE_SECONDS:
                with suppress(StoreUnavailable):
                    self.store.prune(self.clock.now(), self.retention)
                pruned = self.clock.monotonic()
            if folded:
                delivery.wake()
            else:
                stop.wait(_LEAD_SECONDS)


class Service:
    """Runs a worker on the caller's thread, and an office beside it; either may be missing."""

    def __init__(self, worker: Worker | None, office: Office | None, stop: Stop, log: Log) -> None:
        self._worker = worker
        self._office = office
        self._stop = stop
        self._log = log
        self._failure: BaseException | None = None

    def run(self, after_step: Callable[[], None]) -> None:
        """Until asked to stop, or until one of the threads fails: raises what it failed of.

        `after_step` is called on the caller's thread after each step of the worker.
        """
        thread = threading.Thread(target=self._lead, name="stillwatch-leader")
        thread.start()
        try:
            while not self._stop:
                if self._worker is None:
                    self._stop.wait(_TAKE_SECONDS)
                else:
                    self._worker.step(_TAKE_SECONDS)
                after_step()
            if self._worker is not None and self._failure is None:
                self._worker.commit()
        finally:
            self._stop.ask()
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _lead(self) -> None:
        if self._office is None:
            return
        try:
            self._office.run(self._stop)
        except BaseException as error:  # noqa: BLE001 - raised on the caller's thread
            self._failure = error
            self._log.error("leading failed", error=Failure(error))
            self._stop.ask()
