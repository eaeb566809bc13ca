"""The declared metrics as instruments of prometheus-client."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.telemetry.metrics.metric import Metric


class Instruments:
    """Values of metrics in a registry of their own. Labels come in the order of their declaration.

    Any thread may write. A series whose labels are all known in advance starts at zero, or the first step
    of a counter would not be seen as one.
    """

    def __init__(self, metrics: Iterable[Metric]) -> None:
        # A second series a counter, which no panel and no rule asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's function has no types
        self.registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for metric in metrics:
            self._declare(metric)

    def add(self, metric: Metric, amount: float, *labels: str) -> None:
        """Raise a counter."""
        counter = self._counters[metric.name]
        (counter.labels(*_shown(metric, labels)) if labels else counter).inc(amount)

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges[metric.name]
        (gauge.labels(*_shown(metric, labels)) if labels else gauge).set(value)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Add a value to a histogram."""
        histogram = self._histograms[metric.name]
        (histogram.labels(*_shown(metric, labels)) if labels else histogram).observe(value)

    def drop(self, metric: Metric, *labels: str) -> None:
        """Forget one series of a gauge, so that nobody reads a value that is no longer ours."""
        self._gauges[metric.name].remove(*_shown(metric, labels))

    def clear(self, metric: Metric) -> None:
        """Forget every series of a gauge."""
        self._gauges[metric.name].clear()

    def _declare(self, metric: Metric) -> None:
        names = [label.name for label in metric.labels]
        about = (metric.name, metric.help, names)
        made: Counter | Gauge | Histogram
        if metric.kind == "counter":
            made = self._counters[metric.name] = Counter(*about, registry=self.registry)
        elif metric.kind == "gauge":
            made = self._gauges[metric.name] = Gauge(*about, registry=self.registry)
        else:
            made = Histogram(*about, registry=self.registry, buckets=metric.buckets)
            self._histograms[metric.name] = made
        if metric.labels and all(label.values for label in metric.labels):
            for values in product(*(label.values for label in metric.labels)):
                made.labels(*values)


def _shown(metric: Metric, values: tuple[str, ...]) -> list[str]:
    return [label.shown(value) for label, value in zip(metric.labels, values, strict=True)]
