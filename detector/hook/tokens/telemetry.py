"""What is told of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.telemetry.metrics.hook import HUMAN_TOKENS

if TYPE_CHECKING:
    from detector.human.redemption import Reason
    from detector.telemetry.metrics.instruments import Instruments


class TokenTelemetry:
    """Counts by reason."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    def judged(self, reason: Reason) -> None:
        """A request was challenged."""
        self._instruments.add(HUMAN_TOKENS, 1, reason.value)
