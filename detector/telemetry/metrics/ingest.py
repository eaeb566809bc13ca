"""Metrics of taking events over HTTP."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import Label, Metric
from features.adapters import REASONS

ENDPOINTS: Final = ("events", "litellm", "traces")
OUTCOMES: Final = ("taken", "unreadable", "busy")

ENDPOINT: Final = Label("endpoint", ENDPOINTS)

REQUESTS: Final = Metric(
    "stillwatch_ingest_requests_total",
    "counter",
    "requests",
    "Requests with events: `taken`, of which good events are durable; `unreadable`, of which none was taken; "
    "`busy`, which their sender was asked to send again.",
    "`busy` lasts: senders drop the oldest events once their own buffers are full.",
    (ENDPOINT, Label("outcome", OUTCOMES)),
)
STORED: Final = Metric(
    "stillwatch_ingest_events_total",
    "counter",
    "events",
    "Events that were made durable. Those sent again count again.",
    "It stands still while gateways serve.",
    (ENDPOINT,),
)
REFUSED: Final = Metric(
    "stillwatch_ingest_refused_total",
    "counter",
    "events",
    "Events that were refused, by the reasons of dead letters. Their sender was told; they are kept nowhere.",
    "It rises.",
    (ENDPOINT, Label("reason", tuple(REASONS))),
)

INGEST: Final = (REQUESTS, STORED, REFUSED)
