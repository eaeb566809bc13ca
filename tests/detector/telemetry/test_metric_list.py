from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from prometheus_client import generate_latest

from detector.telemetry.metrics import METRICS
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from pathlib import Path


def test_names_follow_the_conventions_of_prometheus() -> None:
    """One prefix, `_total` for counters and for nothing else, no name twice."""
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert all(name.startswith("stillwatch_") for name in names)
    assert [name.endswith("_total") for name in names] == [metric.kind == "counter" for metric in METRICS]


def test_every_metric_says_what_it_means() -> None:
    """A sentence and a unit each; only histograms have buckets, in ascending order."""
    for metric in METRICS:
        assert metric.help.endswith("."), metric.name
        assert metric.unit, metric.name
        assert bool(metric.buckets) == (metric.kind == "histogram"), metric.name
        assert list(metric.buckets) == sorted(set(metric.buckets)), metric.name


def test_what_is_exposed_is_the_list() -> None:
    """Each metric of the list is a family of the exposition, which has no other but the process's own."""
    families = [family.name for family in make_telemetry().registry.collect()]
    ours = [name for name in families if not name.startswith(("process_", "python_gc_"))]
    assert ours == [metric.name.removesuffix("_total") for metric in METRICS]


def test_prometheus_accepts_the_exposition(promtool: Path) -> None:
    """Its own linter has nothing to say."""
    exposed = generate_latest(make_telemetry().registry)
    checked = subprocess.run([promtool, "check", "metrics"], input=exposed, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_a_process_counts_for_itself() -> None:
    """Two of them in one interpreter share nothing."""
    first, second = make_telemetry(), make_telemetry()
    first.delivery.delivered("alerts", 3)
    assert first.registry.get_sample_value("stillwatch_outbox_delivered_total", {"sink": "alerts"}) == 3
    assert second.registry.get_sample_value("stillwatch_outbox_delivered_total", {"sink": "alerts"}) is None
