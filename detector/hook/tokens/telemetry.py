"""What is told of tokens. It is there only where tokens are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import Counter

from detector.human.redemption import Reason
from detector.telemetry.metrics.metric import Label, Metric

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

HUMAN_TOKENS: Final = Metric(
    "stillwatch_hook_human_tokens_total",
    "counter",
    "requests",
    "Requests that the policy challenges, by what became of the token that they hold, or of none.",
    "`no_keys`, `store_unavailable` or `busy` rise: honest clients are challenged again because of us.",
    (Label("reason", tuple(Reason)),),
)


class TokenTelemetry:
    """Counts by reason, in the registry of a process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = [label.name for label in HUMAN_TOKENS.labels]
        self._counter = Counter(HUMAN_TOKENS.name, HUMAN_TOKENS.help, labels, registry=registry)
        for reason in Reason:
            self._counter.labels(reason.value)

    def judged(self, reason: Reason) -> None:
        """A request was challenged."""
        self._counter.labels(reason.value).inc()
