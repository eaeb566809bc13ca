"""What a process tells of itself, in one value to pass around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import GCCollector, ProcessCollector

from detector.telemetry.delivering import DeliveryTelemetry
from detector.telemetry.intake import IntakeTelemetry
from detector.telemetry.leading import LeaderTelemetry
from detector.telemetry.metrics import METRICS, service
from detector.telemetry.metrics.instruments import Instruments
from detector.telemetry.spans import NoSpans
from detector.telemetry.watching import WatchTelemetry

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from detector.telemetry.spans import Spans


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Metrics of a process by role. All are there from the start; nothing is global."""

    intake: IntakeTelemetry
    leader: LeaderTelemetry
    delivery: DeliveryTelemetry
    watching: WatchTelemetry
    instruments: Instruments

    @property
    def registry(self) -> CollectorRegistry:
        """What `serve_metrics` exposes."""
        return self.instruments.registry

    def runs(self, version: str, model_id: str, catalogue: str) -> None:
        """The release, the model and the features in use; again when the model changes."""
        for metric in (service.BUILD, service.MODEL):
            self.instruments.clear(metric)
        self.instruments.set(service.BUILD, 1, version)
        self.instruments.set(service.MODEL, 1, model_id, catalogue)


def make_telemetry(spans: Spans | None = None) -> Telemetry:
    """Metrics at zero, and beside them the usual ones of a process (`process_*`, `python_gc_*`).

    Steps are traced to `spans`; None: nowhere.
    """
    traced = NoSpans() if spans is None else spans
    instruments = Instruments(METRICS)
    ProcessCollector(registry=instruments.registry)
    GCCollector(registry=instruments.registry)
    return Telemetry(
        IntakeTelemetry(instruments, traced),
        LeaderTelemetry(instruments, traced),
        DeliveryTelemetry(instruments, traced),
        WatchTelemetry(instruments),
        instruments,
    )
