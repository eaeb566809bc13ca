"""Metrics of what workers and the leader write to the store."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import Label, Metric

ROLE: Final = Label("role", ("worker", "leader"))

COMMIT_TIME: Final = Metric(
    "stillwatch_commit_seconds",
    "histogram",
    "seconds",
    "Time of a transaction: a worker's commit of what it read, a leader's of what it concluded.",
    "It grows: the store is the bottleneck, and back-pressure follows.",
    (ROLE,),
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
FENCED: Final = Metric(
    "stillwatch_commits_fenced_total",
    "counter",
    "transactions",
    "Transactions refused because the partition or the lease had gone to somebody else. Nothing is lost.",
    "More than a few an hour: workers are taken for dead while they work.",
    (ROLE,),
)
STORE_ERRORS: Final = Metric(
    "stillwatch_store_errors_total",
    "counter",
    "transactions",
    "Transactions that failed and are tried again: no connection, full disk, time-out.",
    "It rises at all; while it does, nothing is concluded.",
    (ROLE,),
)
CHECKPOINT_TIME: Final = Metric(
    "stillwatch_checkpoint_seconds",
    "histogram",
    "seconds",
    "Time to write the pages of the state that changed.",
    "Longer than the ticks in between.",
    (),
    (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
CHECKPOINT_BYTES: Final = Metric(
    "stillwatch_checkpoint_bytes_total",
    "counter",
    "bytes",
    "Pages of the state written by checkpoints.",
    "",
)
CHECKPOINTED: Final = Metric(
    "stillwatch_checkpoint_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "When the last checkpoint was done. A restart folds everything after it anew.",
    "More than an hour ago.",
)
RECOVERY_TIME: Final = Metric(
    "stillwatch_recovery_seconds",
    "gauge",
    "seconds",
    "Time that the last start took to load the checkpoint and to fold what came after it.",
    "It grows: checkpoints are too rare for the traffic.",
)

STORE: Final = (
    COMMIT_TIME,
    FENCED,
    STORE_ERRORS,
    CHECKPOINT_TIME,
    CHECKPOINT_BYTES,
    CHECKPOINTED,
    RECOVERY_TIME,
)
