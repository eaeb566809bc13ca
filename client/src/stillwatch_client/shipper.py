"""Usage events on their way to Stillwatch, without the gateway ever waiting for it."""

from __future__ import annotations

import json
import logging
import os
import random
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Self

from stillwatch_client.backoff import Backoff
from stillwatch_client.counters import Counters
from stillwatch_client.transport import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.settings import ShipperSettings
    from stillwatch_client.transport import Delivery, Transport

CLOSE_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class EventShipper:
    """Delivers events in batches by a thread of its own; safe to share between threads.

    At least once: a batch whose answer got lost is sent again with the same event ids, by which Stillwatch
    tells duplicates. `offered` = `delivered` + `rejected` + `dropped` + what is pending.
    """

    def __init__(
        self,
        transport: Transport,
        settings: ShipperSettings,
    ) -> None:
        self.counters = Counters()
        self._transport = transport
        self._settings = settings
        self._backoff = Backoff(settings.backoff, settings.backoff_most, random.SystemRandom().random)
        self._changed = threading.Condition()
        self._waiting: deque[Line] = deque()
        self._bytes = 0
        self._closing = threading.Event()
        self._deadline = float("inf")
        self._pid: int | None = None
        self._thread: threading.Thread | None = None

    def send(self, event: Mapping[str, Any]) -> bool:
        """Take an event; False where it was dropped, because too many wait or it is no JSON."""
        self.counters.add("offered")
        line = _line(event)
        if line is None:
            self.counters.add("dropped", "no_json")
            return False
        with self._changed:
            kept = self._put(line)
        if not kept:
            self.counters.add("dropped", "closed" if self._closing.is_set() else "full")
        return kept

    def pending(self) -> int:
        """Events that wait, without the batch that is under way."""
        return len(self._waiting)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Deliver what waits, for so long at most; the rest is dropped and counted."""
        with self._changed:
            self._deadline = time.monotonic() + seconds
            self._closing.set()
            self._changed.notify()
        if self._thread is None:
            self._transport.close()
        else:
            self._thread.join(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _put(self, line: Line) -> bool:
        settings = self._settings
        full = len(self._waiting) >= settings.max_events or self._bytes + len(line.body) > settings.max_bytes
        if full or self._closing.is_set():
            return False
        self._start()
        self._waiting.append(line)
        self._bytes += len(line.body)
        if len(self._waiting) == 1 or self._batch_is_full():
            self._changed.notify()
        return True

    def _start(self) -> None:
        # A forked process has no threads but the one that forked it.
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="stillwatch-shipper", daemon=True)
        self._thread.start()

    def _batch_is_full(self) -> bool:
        return len(self._waiting) >= self._settings.batch_events or self._bytes >= self._settings.batch_bytes

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            self._deliver(batch)
        self._transport.close()

    def _next_batch(self) -> list[Line] | None:
        """Wait for a full batch, or for the first of its events long enough; None once all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
            if not self._waiting:
                return None
            self._changed.wait_for(
                lambda: self._batch_is_full() or self._closing.is_set(), timeout=self._settings.linger
            )
            return self._take()

    def _take(self) -> list[Line]:
        batch = [self._waiting.popleft()]
        size = len(batch[0].body)
        while self._waiting and len(batch) < self._settings.batch_events:
            size += len(self._waiting[0].body)
            if size > self._settings.batch_bytes:
                break
            batch.append(self._waiting.popleft())
        self._bytes -= sum(len(line.body) for line in batch)
        return batch

    def _deliver(self, batch: list[Line]) -> None:
        failures = 0
        while batch:
            if time.monotonic() >= self._deadline:
                self.counters.add("dropped", "closed", len(batch))
                return
            delivery = self._transport.deliver(batch)
            self._count(delivery)
            progress = len(delivery.unsent) < len(batch)
            batch = list(delivery.unsent)
            failures = 1 if progress else failures + 1
            if batch:
                self._pause(failures, delivery)

    def _count(self, delivery: Delivery) -> None:
        self.counters.add("delivered", count=delivery.delivered)
        self.counters.add("rejected", count=delivery.rejected)
        if delivery.unsent:
            self.counters.add("retries")

    def _pause(self, failures: int, delivery: Delivery) -> None:
        """Wait before the next attempt."""
        level = logging.WARNING if failures == 1 else logging.DEBUG
        logger.log(level, "Stillwatch: events were not taken (%s); trying again", delivery.problem)
        wait = self._backoff.wait(failures, delivery.retry_after)
        if not self._closing.wait(wait):
            return
        time.sleep(max(min(wait, self._deadline - time.monotonic()), 0.0))


def _line(event: Mapping[str, Any]) -> Line | None:
    try:
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    # A circle, depth, half a surrogate pair, NaN or an unknown type.
    except (ValueError, TypeError, RecursionError):
        return None
    return Line(str(event.get("account_id", "")), body)
