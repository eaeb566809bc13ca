from __future__ import annotations

import re
from pathlib import Path

from detector.telemetry.metrics import METRICS
from tools.metric_table import PAGE, render

ROOT = Path(__file__).parents[2]


def test_the_page_of_metrics_is_fresh() -> None:
    """docs/metrics.md is what the list says now: run `python -m tools.metric_table`."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render()


def test_the_page_lists_every_metric_once() -> None:
    """Each has one row with a cell for every column."""
    rows = [line for line in render().splitlines() if line.startswith("| `")]
    assert [re.findall(r"`([a-z_]+)`", row)[0] for row in rows] == [metric.name for metric in METRICS]
    assert {row.count(" | ") for row in rows} == {5}
