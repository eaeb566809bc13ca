"""Writes docs/metrics.md from the list of metrics: `python -m tools.metric_table`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.telemetry.exposition import DEFAULT_ADDRESS
from detector.telemetry.metrics import GROUPS

if TYPE_CHECKING:
    from detector.telemetry.metrics import Label, Metric

PAGE: Final = Path("docs/metrics.md")

_HEAD: Final = """# Metrics

<!-- Written by `python -m tools.metric_table` from the declarations. Change those, not this page. -->

A running `stillwatch` shows these to Prometheus on `{address}`, which only its own machine can reach;
another address is a setting, and `none` turns them off. They hold numbers under fixed names: no prompt, no
answer and no account. [What to do when one is wrong](operating.md#alerts-and-what-to-do).

Counters begin at zero with the process, so look at their rates. Moments (`…_timestamp_seconds`) are zero
until something happened; `time()` less the moment is the age. Gauges of a partition are shown by the worker
that reads it, those of state and findings by the leader. Beside them are the usual `process_…` and
`python_gc_…`.
"""

_COLUMNS: Final = ("metric", "kind", "labels", "unit", "meaning", "when to worry")


def render() -> str:
    """The page."""
    parts = [_HEAD.format(address=DEFAULT_ADDRESS)]
    for title, group in GROUPS.items():
        parts += [f"## {title}\n", _table([_cells(metric) for metric in group])]
    return "\n".join(parts)


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = [_COLUMNS, *rows]
    drawn = [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
    drawn.insert(1, f"|{'---|' * len(_COLUMNS)}")
    return "\n".join([*drawn, ""])


def _cells(metric: Metric) -> tuple[str, ...]:
    labels = "; ".join(_label(label) for label in metric.labels)
    return f"`{metric.name}`", metric.kind, labels, metric.unit, metric.help, metric.worry


def _label(label: Label) -> str:
    values = ", ".join(f"`{value}`" for value in label.values)
    return f"`{label.name}`" + (f": {values}" if values else "")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
