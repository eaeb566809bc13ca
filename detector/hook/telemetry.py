"""What the hook tells of itself. Counts are kept as plain numbers and handed over a few times a second."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from detector.telemetry.metrics import hook

if TYPE_CHECKING:
    from detector.hook.decide import Decider
    from detector.hook.decision import Decision
    from detector.telemetry.metrics.instruments import Instruments


class HookTelemetry:
    """Metrics of one process. Only `flush` touches the instruments on behalf of requests."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments
        self._decided: Counter[tuple[str, str, str]] = Counter()
        self._bypassed: Counter[tuple[str, str]] = Counter()
        self.streams = 0

    def decided(self, gateway: str, decision: Decision) -> None:
        """A gateway was answered."""
        if decision.bypass is None:
            self._decided[gateway, decision.action, "shadow" if decision.shadow else "enforce"] += 1
        else:
            self._bypassed[gateway, decision.bypass] += 1

    def bypassed(self, gateway: str, reason: str, requests: int = 1) -> None:
        """Requests passed undecided."""
        self._bypassed[gateway, reason] += requests

    def flush(self) -> None:
        """Hand counts over."""
        for labels, amount in self._decided.items():
            self._instruments.add(hook.REQUESTS, amount, *labels)
        for pair, amount in self._bypassed.items():
            self._instruments.add(hook.BYPASSED, amount, *pair)
        self._decided.clear()
        self._bypassed.clear()
        self._instruments.set(hook.STREAMS, self.streams)

    def holds(self, decider: Decider, subjects: int) -> None:
        """What is in memory."""
        self._instruments.set(hook.VERDICTS, len(decider.table))
        self._instruments.set(hook.TABLE_BYTES, decider.table.nbytes())
        self._instruments.set(hook.SUBJECTS, subjects)
        self._instruments.set(hook.READY, decider.ready)
        self._instruments.set(hook.ENFORCING, decider.mode == "enforce")

    def fed(self, now: int, lag: int) -> None:
        """The store answered at `now` (ms), and so many changes are still to be read."""
        self._instruments.set(hook.FEED_TIME, now / 1000)
        self._instruments.set(hook.FEED_LAG, lag)

    def heard(self, new: int, known: int, unreadable: int) -> None:
        """Records of the topic of verdicts arrived: so many of each."""
        for result, amount in (("new", new), ("known", known), ("unreadable", unreadable)):
            self._instruments.add(hook.HEARD, amount, result)

    def unheard(self) -> None:
        """The topic of verdicts could not be read."""
        self._instruments.add(hook.HEARD_ERRORS, 1)

    def unfed(self) -> None:
        """The store did not answer."""
        self._instruments.add(hook.FEED_ERRORS, 1)
