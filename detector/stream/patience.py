"""Patience with a store that does not answer: each of its calls may be made again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from detector.store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.stream.clock import Clock

logger = logging.getLogger(__name__)

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

    def call(self, call: Callable[[], _Result]) -> _Result:
        """What `call` returns in the end; raises `StoreUnavailable` once there is no patience left."""
        began, pause = self.clock.monotonic(), _FIRST
        while True:
            try:
                return call()
            except StoreUnavailable as error:
                self.failed()
                if self.clock.monotonic() - began + pause > self.seconds:
                    raise
                logger.warning("%s; trying again in %.1f s", error, pause)
            self.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST)
