"""Sends a log to the ingest as it would have come, only faster."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

import httpx

from detector.hook.errors import HookError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from detector.demo.sample import SampleLog
    from detector.stream.clock import Clock

PAUSE: Final = 0.1
"""seconds between two looks at what is due"""
PATIENCE: Final = 30.0
"""seconds for the service to come up, and for one answer of it"""


class FeedError(HookError):
    """The log cannot be sent: says why and the remedy."""


class Feeder:
    """One log, in its order; used by one thread. `over` ends it early."""

    def __init__(self, log: SampleLog, speed: float, clock: Clock, over: threading.Event) -> None:
        """`speed`: ms of the log in a ms of the clock."""
        self._log = log
        self._speed = speed
        self._clock = clock
        self._over = over
        self.sent = 0
        """lines"""
        self.accepted = 0
        """events, of those"""

    @property
    def moment(self) -> int:
        """How far the log was sent, ms since the epoch."""
        return self._log.times[max(0, self.sent - 1)]

    def run(self, origin: str, key: str, told: Callable[[], None]) -> None:
        """Send all of it, with `told` called after each part. Raises `FeedError`."""
        headers = {"X-Stillwatch-Key": key}
        # Proxies of the environment are for elsewhere.
        with httpx.Client(base_url=origin, headers=headers, timeout=PATIENCE, trust_env=False) as client:
            began = self._clock.monotonic()
            while self.sent < len(self._log.lines) and not self._over.is_set():
                spent = 1000 * (self._clock.monotonic() - began) * self._speed
                self._send(client, bisect_right(self._log.times, self._log.times[0] + spent))
                told()
                self._over.wait(PAUSE)

    def _send(self, client: httpx.Client, until: int) -> None:
        if until <= self.sent:
            return
        answer = self._answer(client, b"\n".join(self._log.lines[self.sent : until]))
        if answer is None:
            return
        # All of a body may be bad lines.
        if answer.status_code not in {200, 422}:
            raise FeedError(f"the ingest answered {answer.status_code}; start the demo again")
        self.accepted += int(answer.json()["accepted"])
        self.sent = until

    def _answer(self, client: httpx.Client, body: bytes) -> httpx.Response | None:
        """What the ingest says; None once all is over. An event that is sent again counts once."""
        until = self._clock.monotonic() + PATIENCE
        while not self._over.is_set():
            try:
                return client.post("/v1/events", content=body)
            except httpx.TransportError as error:
                # A service that is told to end refuses connections before we hear of it.
                if self._clock.monotonic() > until:
                    name = type(error).__name__
                    raise FeedError(f"the ingest does not answer ({name}); start the demo again") from None
            self._over.wait(PAUSE)
        return None


def wait_until_ready(origin: str, clock: Clock, over: threading.Event) -> None:
    """Return once the service knows keys and verdicts, or is `over`. Raises `FeedError`."""
    until = clock.monotonic() + PATIENCE
    with httpx.Client(base_url=origin, timeout=PATIENCE, trust_env=False) as client:
        while not over.is_set():
            try:
                if client.get("/readyz").is_success:
                    return
            except httpx.TransportError:
                pass
            if clock.monotonic() > until:
                raise FeedError(f"the service at {origin} does not come up; start the demo again")
            over.wait(PAUSE)
