"""Patience with what does not answer, a store above all: each of its calls may be made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from detector.store.errors import StoreUnavailable
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.stream.clock import Clock
    from detector.stream.service import Stop
    from detector.telemetry.logs import Log

PATIENCE_SECONDS: Final = 300.0
"""How long that may fail before a process does."""
STOPPING_SECONDS: Final = 5.0
"""How long once somebody asked to stop: nothing is lost, and whoever asked kills what does not end."""
_FIRST: Final = 0.1
_LONGEST: Final = 5.0

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """Tries again for so long, with longer and longer pauses."""

    clock: Clock
    seconds: float
    failed: Callable[[], None]
    """told of each failure"""
    log: Log
    unavailable: type[Exception] = StoreUnavailable
    """what says that it did not answer"""
    event: str = "store unavailable"
    """how that is logged"""
    stop: Stop | None = None
    """who may ask to stop meanwhile"""

    def call(self, call: Callable[[], _Result]) -> _Result:
        """What `call` returns in the end; raises `unavailable` once there is no patience left."""
        began, pause = self.clock.monotonic(), _FIRST
        while True:
            try:
                return call()
            except self.unavailable as error:
                self.failed()
                if self.clock.monotonic() - began + pause > self._left():
                    raise
                self.log.warning(self.event, error=Failure(error), retry_seconds=pause)
            self.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST)

    def _left(self) -> float:
        return min(self.seconds, STOPPING_SECONDS) if self.stop else self.seconds
