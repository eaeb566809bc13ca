"""Writes docs/features.md from the feature catalogue: `python -m tools.feature_table`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from features.account.vector import FEATURES, catalogue_version
from features.catalogue import EVIDENCE, Feature

PAGE: Final = Path("docs/features.md")

_HEAD: Final = """# Features

<!-- Written by `python -m tools.feature_table` from the catalogue. Change the catalogue, not this page. -->

Every account is described by {count} numbers, computed by the same compiled code in a replay and behind
Kafka. This is catalogue version `{version}`; a model made for another one is refused.

Each feature has a reason why distillation moves it and an honest use that moves it too. No single one is
proof. Features of the groups *content*, *request* and *provenance* are **evidence** and can carry an alert.
Those of *timing* and *identity* are **context**: alone or together they never raise one. There is no feature
of nationality, language or country. A feature that is not *scored* is shown to people, and no model learns
from it.

A feature is NaN where the log had nothing to compute it from, and the model then goes without it. Shares are
damped by a small prior, so that three requests do not make an extreme. `log2` marks a base-2 logarithm: a
mean of 10 stands for about a thousand.
"""

_COLUMNS: Final = (
    "| feature | unit | range | meaning | why it tells | who does so honestly |",
    "|---|---|---|---|---|---|",
)
_TITLES: Final = {
    "content": "Content: what is asked",
    "request": "Request: how it is asked, and what comes back",
    "provenance": "Provenance: whose answers come back",
    "timing": "Timing: when, and how much",
    "identity": "Identity: from where, and as whom",
}


def render() -> str:
    """The page."""
    parts = [_HEAD.format(count=len(FEATURES), version=catalogue_version())]
    for group, title in _TITLES.items():
        kind = "Evidence" if group in EVIDENCE else "Context"
        rows = [_row(feature) for feature in FEATURES if feature.group == group]
        parts.append("\n".join([f"## {title}\n\n{kind}.\n", *_COLUMNS, *rows, ""]))
    return "\n".join(parts)


def _row(feature: Feature) -> str:
    name = f"`{feature.name}`" + ("" if feature.scored else " (not scored)")
    limits = f"{feature.low:g} to {feature.high:g}"
    cells = (name, feature.unit, limits, feature.meaning, feature.cause, feature.confounder)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
