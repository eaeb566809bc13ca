"""The one list of metrics: everything that is exposed, what it means and when to worry."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from detector.telemetry.metrics.delivery import DELIVERY
from detector.telemetry.metrics.hook import HOOK
from detector.telemetry.metrics.ingest import INGEST
from detector.telemetry.metrics.intake import INTAKE
from detector.telemetry.metrics.leader import LEADING
from detector.telemetry.metrics.metric import Label, Metric
from detector.telemetry.metrics.service import SERVICE
from detector.telemetry.metrics.store import STORE
from detector.telemetry.metrics.watching import WATCHING

__all__ = ["GROUPS", "METRICS", "Label", "Metric"]

GROUPS: Final = MappingProxyType(
    {
        "Intake": INTAKE,
        "Leader": LEADING,
        "Store": STORE,
        "Delivery": DELIVERY,
        "Hook": HOOK,
        "Ingest": INGEST,
        "Models": WATCHING,
        "Service": SERVICE,
    }
)
"""The metrics by title, in the order of docs/metrics.md."""

METRICS: Final = tuple(metric for group in GROUPS.values() for metric in group)
