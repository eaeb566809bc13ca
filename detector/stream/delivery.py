"""Delivery on a thread of its own.

A broker that is away may keep whoever sends waiting for longer than a lease lasts. So the thread that leads
only says that there is something to send, and never waits for it, but for a moment at the end.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.stream.outbox import Outbox
    from detector.telemetry.logs import Log

PAUSE_SECONDS: Final = 0.5
"""How soon a delivery that failed is repeated, and how long what nobody spoke of may wait."""

END_SECONDS: Final = 5.0
"""Patience with a delivery under way once somebody else may lead."""


class Delivery:
    """Steps an outbox while `leads`; that must be callable by any thread."""

    def __init__(self, outbox: Outbox, leads: Callable[[], bool], log: Log) -> None:
        self._failure: BaseException | None = None
        self._outbox = outbox
        self._leads = leads
        self._log = log
        self._led = False
        self._finishing = False
        self._ended = False
        self._woken = threading.Event()
        self._done = threading.Event()

    def check(self) -> None:
        """Raise what ended it, if anything did."""
        if self._failure is not None:
            raise self._failure

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def finish(self, seconds: float) -> None:
        """Send what is stored by now, for so long at most, and end; what is left is the next leader's."""
        self._finishing = True
        self.wake()
        if not self._done.wait(seconds):
            self._log.warning("delivery not finished, left to the next leader", waited_seconds=seconds)

    def __enter__(self) -> Self:
        # A thread that waits for a broker must not keep the process alive.
        threading.Thread(target=self._run, name="stillwatch-delivery", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self.wake()
        # The store is closed next.
        self._done.wait(END_SECONDS)

    def _run(self) -> None:
        try:
            while not self._ended:
                # Before the step, so that it finds whatever was stored when `finish` was called.
                finishing = self._finishing
                if self._deliver():
                    continue
                if finishing:
                    return
                self._woken.wait(PAUSE_SECONDS)
                self._woken.clear()
        except BaseException as error:  # noqa: BLE001 - the thread that leads raises it
            self._failure = error
        finally:
            self._outbox.stop()
            self._done.set()

    def _deliver(self) -> bool:
        leads = self._leads()
        if self._led and not leads:
            self._outbox.stop()
        self._led = leads
        return leads and self._outbox.step()
