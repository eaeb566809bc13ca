"""Metrics of what leaves: alerts and verdicts on their way to topics and other sinks."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import Label, Metric

SINK: Final = Label("sink")

BACKLOG: Final = Metric(
    "stillwatch_outbox_backlog",
    "gauge",
    "records",
    "Alerts or verdicts in the store that the sink has not taken.",
    "It stays above zero while nothing is delivered.",
    (SINK,),
)
DELIVERED: Final = Metric(
    "stillwatch_outbox_delivered_total",
    "counter",
    "records",
    "Records that the sink has confirmed. Repetitions after a crash count again.",
    "",
    (SINK,),
)
REFUSED: Final = Metric(
    "stillwatch_outbox_errors_total",
    "counter",
    "deliveries",
    "Deliveries that failed and are tried again.",
    "It rises for minutes.",
    (SINK,),
)

DELIVERY: Final = (BACKLOG, DELIVERED, REFUSED)
