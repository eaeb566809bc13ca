"""One thread that reads partitions, so that whoever processes their records may take its time.

The client of a log has to be polled often or its worker is taken for dead, and belongs to one thread. Here
that thread does nothing else: records wait for the processing thread in a bounded queue, a full queue
pauses the partitions while polling goes on, and requests travel the other way.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from streaming.exchange import Exchange
from streaming.partitions import Polled
from streaming.pumping import Pumping
from streaming.watchdog import Stuck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streaming.partitions import PartitionedSource, Progress

logger = logging.getLogger(__name__)

SLICE_SECONDS: Final = 0.2
"""How long the processing thread waits at a time before it looks whether reading still goes on."""

CLOSE_SECONDS: Final = 15.0
"""Patience with a reading thread that is to end."""


@dataclass(frozen=True, slots=True)
class PumpSettings:
    """Sizes and times."""

    records: int = 20_000
    """records that may wait; a poll more is held at most"""
    bytes: int = 64 * 1024 * 1024
    """bytes that may wait, as `records`"""
    poll_seconds: float = 0.5
    """how long a poll waits for records"""
    stuck_seconds: float = 60.0
    """after how long a partition that does not move though records wait, or a poll that does not come back,
    makes the client be closed and another be opened"""
    patience_seconds: float = 300.0
    """how long clients may be opened without one that polls, because nobody answers"""
    check_seconds: float = 10.0
    """how often the brokers are asked how far behind we are"""


class Pump:
    """Records of a `PartitionedSource` for another thread; that one calls everything but `stop`.

    What is taken obeys the same rules as what a source polls. A client that gets stuck is reported,
    closed and replaced, whereupon its partitions are told as revoked and later as assigned.
    """

    def __init__(
        self,
        connect: Callable[[], PartitionedSource],
        settings: PumpSettings,
        report: Callable[[Stuck], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to read what `connect` opens, on a thread of its own; `report` runs on the caller's."""
        self._connect = connect
        self._settings = settings
        self._report = report
        self._clock = clock
        self._stopped = False
        self._exchange = Exchange(settings.records, settings.bytes)
        self._pumping = self._begun()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def take(self, timeout: float) -> Polled:
        """What there is, waiting at most `timeout` seconds for it; nothing after `stop`.

        Raises whatever ended the reading, `SourceError` above all.
        """
        deadline = time.monotonic() + timeout
        while not self._stopped:
            self._mend()
            left = deadline - time.monotonic()
            polled = self._exchange.take(max(0.0, min(left, SLICE_SECONDS)))
            if polled or left <= 0:
                return polled
        return Polled()

    def seek(self, origin: str, position: int | None) -> None:
        """As `PartitionedSource.seek`, soon; what was read of `origin` and not taken yet is dropped."""
        self._exchange.ask_seek(origin, position)

    def commit(self, offsets: Mapping[str, int]) -> None:
        """As `PartitionedSource.commit`, soon."""
        self._exchange.ask_commit(offsets)

    def ends(self) -> dict[str, int]:
        """Origins that were read and taken to their end, as of the last check, and where that is."""
        # First where reading stands, then what waits: what was read before is in the queue by now.
        progress = self._pumping.progress
        waiting = self._exchange.waiting()
        return {
            origin: now.position
            for origin, now in progress.items()
            if now.lag == 0 and now.position is not None and origin not in waiting
        }

    def origins(self) -> set[str]:
        """As `PartitionedSource.origins`, as of the last assignment that was taken, or later."""
        return self._pumping.origins

    def standing(self) -> tuple[Mapping[str, Progress], frozenset[str], int]:
        """How far reading came as of the last check, which origins are paused, and records that wait."""
        return self._pumping.progress, self._pumping.paused, self._exchange.records

    def poll_age(self) -> float:
        """Seconds since the last poll came back."""
        return self._pumping.poll_age

    def stop(self) -> None:
        """Let `take` return nothing from now on; any thread and a signal handler may call it.

        Reading keeps its place in the group until `close`, so that what was taken can be finished.
        """
        self._stopped = True

    def close(self) -> None:
        """Stop, carry out the last requests, and close the client."""
        self.stop()
        self._pumping.end()
        if not self._pumping.wait(CLOSE_SECONDS):
            logger.warning("reading did not end within %.0f s; leaving it behind", CLOSE_SECONDS)
        elif self._pumping.failure is not None:
            logger.info("reading ended by: %s", self._pumping.failure)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begun(self) -> Pumping:
        pumping = Pumping(self._connect, self._settings, self._exchange, self._clock)
        # A thread that hangs in a client must not keep the process alive.
        threading.Thread(target=pumping.run, name="stillwatch-pump", daemon=True).start()
        return pumping

    def _mend(self) -> None:
        """Replace a reading thread that is stuck; raise what ended one that failed."""
        if self._pumping.failure is not None:
            raise self._pumping.failure
        stuck = self._pumping.stuck
        if stuck is None and self._pumping.poll_age > self._settings.stuck_seconds:
            stuck = Stuck(None, self._pumping.poll_age, None)
        if stuck is None:
            return
        logger.warning("%s; opening another client", stuck)
        self._report(stuck)
        self._pumping.end()
        self._exchange = Exchange(self._settings.records, self._settings.bytes, revoked=self._exchange.told)
        self._pumping = self._begun()
