"""Says in the gateway's log when requests begin to go through unchecked, when that ends, and how many did."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stillwatch_client.counters import Counters
    from stillwatch_client.decision import Decision

logger = logging.getLogger(__name__)


class Outages:
    """Two lines of log an outage; used by one event loop."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._before: int | None = None
        """bypasses before the outage; None: there is none"""

    def note(self, decision: Decision) -> None:
        """Look at a decision."""
        if decision.bypass is None:
            if self._before is not None:
                self.end()
        elif self._before is None:
            self._before = self._counters.total("bypasses") - 1
            logger.warning("Stillwatch: requests go through unchecked from now on (%s)", decision.bypass)

    def end(self) -> None:
        """Tell how many went through, if any did since the last time."""
        if self._before is None:
            return
        unchecked = self._counters.total("bypasses") - self._before
        self._before = None
        logger.warning("Stillwatch: requests are checked again; %d went through unchecked", unchecked)
