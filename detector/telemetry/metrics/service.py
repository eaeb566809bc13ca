"""Metrics of the process: what runs here."""

from __future__ import annotations

from typing import Final

from detector.telemetry.metrics.metric import Label, Metric

BUILD: Final = Metric(
    "stillwatch_build_info",
    "gauge",
    "1",
    "The release that runs.",
    "",
    (Label("version"),),
)
MODEL: Final = Metric(
    "stillwatch_model_info",
    "gauge",
    "1",
    "The model in use and the version of the features that it was made for.",
    "Processes that share a store use different ones.",
    (Label("model_id"), Label("catalogue")),
)

SERVICE: Final = (BUILD, MODEL)
