"""The loop of the thread that reads partitions."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from streaming.partitions import Polled
from streaming.source import SourceUnavailable
from streaming.watchdog import Stuck, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

    from streaming.exchange import Exchange
    from streaming.partitions import PartitionedSource, Progress
    from streaming.pump import PumpSettings

logger = logging.getLogger(__name__)

FULL_SECONDS: Final = 0.5
"""How long the queue may be full before partitions are paused; in that time nothing is polled."""

RESUME_LOAD: Final = 0.5
"""How full the queue may be when they go on."""

HELD_SECONDS: Final = 0.02
"""How long a poll takes while everything is paused, and so at most until it flows again."""

RETRY_SECONDS: Final = 1.0
"""Between attempts to open a client."""


class Pumping:
    """Opens a client, pumps until `end` or trouble, and closes it; what it says any thread may read.

    A client that says that nobody answers is opened anew, as one is that could not be opened for that.
    """

    def __init__(
        self,
        connect: Callable[[], PartitionedSource],
        settings: PumpSettings,
        exchange: Exchange,
        clock: Callable[[], float],
    ) -> None:
        self.failure: BaseException | None = None
        """what ended it, for the other thread to raise"""
        self.stuck: Stuck | None = None
        """the partition for which it gave up"""
        self.progress: dict[str, Progress] = {}
        """as of the last check"""
        self.origins: set[str] = set()
        """all partitions, ours or not, as of the last assignment"""
        self._connect = connect
        self._settings = settings
        self._exchange = exchange
        self._clock = clock
        self._watchdog = Watchdog(settings.stuck_seconds)
        self._ending = threading.Event()
        self._done = threading.Event()
        self._owned: set[str] = set()
        self._held = False
        self._flowed = 0.0
        self._polled: float | None = None
        self._checked = self._answered = clock()

    @property
    def paused(self) -> frozenset[str]:
        """Origins that are held back."""
        return frozenset(self._owned) if self._held else frozenset()

    @property
    def poll_age(self) -> float:
        """Seconds since the last poll came back; 0 while the client is being opened or closed."""
        polled = self._polled
        return 0.0 if polled is None else self._clock() - polled

    def run(self) -> None:
        """Body of the thread."""
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - the other thread raises it
            self.failure = error
        finally:
            self._polled = None
            self._done.set()

    def end(self) -> None:
        """Let `run` return after the poll under way."""
        self._ending.set()

    def wait(self, timeout: float) -> bool:
        """Whether `run` returned within `timeout` seconds."""
        return self._done.wait(timeout)

    def _run(self) -> None:
        while not self._is_over():
            try:
                self._pump(self._connect())
            except SourceUnavailable as error:
                if self._clock() - self._answered > self._settings.patience_seconds:
                    raise
                logger.warning("%s; trying again", error)
                self._disown()
                self._ending.wait(RETRY_SECONDS)

    def _is_over(self) -> bool:
        return self._ending.is_set() or self.stuck is not None

    def _disown(self) -> None:
        """Nothing is ours until another client says so."""
        self._exchange.put(Polled(revoked=self._owned))
        self._owned, self._held, self.progress = set(), False, {}
        self._watchdog = Watchdog(self._settings.stuck_seconds)

    def _pump(self, source: PartitionedSource) -> None:
        try:
            self._polled = self._clock()
            while not self._is_over():
                began, held = self._clock(), self._held
                self._carry_out(source)
                self._regulate(source)
                self._poll(source)
                self._flowed += 0.0 if held else self._clock() - began
                self._check(source)
            self._carry_out(source)
        finally:
            self._polled = None
            source.close()

    def _carry_out(self, source: PartitionedSource) -> None:
        asked = self._exchange.requests()
        for origin, position in asked.seeks.items():
            source.seek(origin, position)
        if asked.offsets:
            source.commit(asked.offsets)

    def _regulate(self, source: PartitionedSource) -> None:
        """Pause when the queue stays full: for a moment only, a client would drop what it fetched ahead."""
        if self._held:
            if self._exchange.load <= RESUME_LOAD:
                source.resume(self._owned)
                self._held = False
        elif not self._exchange.await_room(FULL_SECONDS):
            source.pause(self._owned)
            self._held = True

    def _poll(self, source: PartitionedSource) -> None:
        polled = source.poll(HELD_SECONDS if self._held else self._settings.poll_seconds)
        self._polled = self._answered = self._clock()
        self._owned = (self._owned - set(polled.revoked)) | set(polled.assigned)
        if self._held and polled.assigned:
            source.pause(polled.assigned)
        if polled.assigned:
            # Before the assignment is told: whoever hears of it may rely on knowing the others.
            self.origins = source.origins()
        self._exchange.put(polled)

    def _check(self, source: PartitionedSource) -> None:
        if self._clock() - self._checked < self._settings.check_seconds:
            return
        self.progress = source.progress()
        self.stuck = self._watchdog.observe(self.progress, self._flowed)
        self._checked = self._clock()
