"""Metrics of models: drift, and a challenger beside the champion."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import Label, Metric

DRIFT: Final = Metric(
    "stillwatch_drift_psi",
    "gauge",
    "index",
    "Population stability index of a feature, or of the score, against the model's reference: the highest "
    "over accounts of about the same number of requests. Measured once a day of event time.",
    "Over 0.25 for the score, or for many features at once.",
    (Label("feature"),),
)
DRIFTED: Final = Metric(
    "stillwatch_drift_features_moved",
    "gauge",
    "features",
    "Features that moved by more than chance and by more than 0.25; zero without a reference of your own.",
    "Five or more.",
)
DRIFT_TIME: Final = Metric(
    "stillwatch_drift_measured_timestamp_seconds",
    "gauge",
    "seconds since 1970",
    "End of the tick, in event time, after which drift was last measured.",
    "",
)
SHADOWED: Final = Metric(
    "stillwatch_shadow_scored_total",
    "counter",
    "accounts",
    "Accounts that the champion and the challenger scored, by whose score reached its own bar.",
    "`challenger` grows much faster than `both`: promoted, it would alert far more.",
    (Label("bar", ("both", "neither", "champion", "challenger")),),
)
SHADOW_DIFFERENCE: Final = Metric(
    "stillwatch_shadow_difference_logits",
    "gauge",
    "logits",
    "Mean difference, without sign, of the logits of champion and challenger in the last tick.",
    "",
)
WATCHER_FAILED: Final = Metric(
    "stillwatch_watcher_failed",
    "gauge",
    "0 or 1",
    "1: measuring drift, or scoring by the challenger, failed and is left out until the next start.",
    "It is 1.",
    (Label("watcher", ("drift", "shadow")),),
)

WATCHING: Final = (DRIFT, DRIFTED, DRIFT_TIME, SHADOWED, SHADOW_DIFFERENCE, WATCHER_FAILED)
