"""Writes docs/features.md from the feature catalogue: `python -m tools.feature_table`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from features.catalogue import EVIDENCE
from features.population import features
from features.scored import FEATURES, OWN, catalogue_version

if TYPE_CHECKING:
    from features.catalogue import Feature

PAGE: Final = Path("docs/features.md")

_HEAD: Final = """# Features

<!-- Written by `python -m tools.feature_table` from the catalogue. Change the catalogue, not this page. -->

Every account is described by {own} numbers of its own and {attached} of the wordings that it shares with
others. Every population, that is the requests of three accounts or more that share a wording, is described by
the same {own} numbers, as if one account had sent them, and {joint} that only several accounts have together.
The same compiled code computes them in a replay and behind Kafka. This is catalogue version `{version}`; a
model made for another one is refused.

Each feature has a reason why distillation moves it and an honest use that moves it too. No single one is
proof. Features of the groups *content*, *request*, *provenance* and *population* are **evidence** and can
carry an alert. Those of *timing* and *identity* are **context**: alone or together they never raise one.
There is no feature of nationality, language or country. A feature that is not *scored* is shown to people,
and no trees learn from it; of a population, demands for reasoning, grading, new tasks and rewriting count
where everything else about it is a campaign's, too ([decisions](design.md#decisions)).

A feature is NaN where the log had nothing to compute it from, and the model then goes without it. Shares are
damped by a small prior, so that three requests do not make an extreme. `log2` marks a base-2 logarithm: a
mean of 10 stands for about a thousand. Numbers of different values are estimates.
"""

_JOINT: Final = """## Populations: what several accounts have together

Beside all of the account's own features. What an account inherits from a population is in the table above.
"""

_COLUMNS: Final = ("feature", "unit", "range", "meaning", "why it tells", "who does so honestly")
_TITLES: Final = {
    "content": "Content: what is asked",
    "request": "Request: how it is asked, and what comes back",
    "provenance": "Provenance: whose answers come back",
    "timing": "Timing: when, and how much",
    "identity": "Identity: from where, and as whom",
    "population": "Population: what is shared with others",
}


def render() -> str:
    """The page."""
    head = _HEAD.format(
        own=OWN, attached=len(FEATURES) - OWN, joint=len(features.FEATURES), version=catalogue_version()
    )
    parts = [head]
    for group, title in _TITLES.items():
        kind = "Evidence" if group in EVIDENCE else "Context"
        rows = [_cells(feature) for feature in FEATURES if feature.group == group]
        parts += [f"## {title}\n\n{kind}.\n", _table(_COLUMNS, rows)]
    rows = [(*_cells(feature), feature.group) for feature in features.FEATURES]
    return "\n".join([*parts, _JOINT, _table((*_COLUMNS, "group"), rows)])


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, *rows]
    drawn = [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
    drawn.insert(1, f"|{'---|' * len(columns)}")
    return "\n".join([*drawn, ""])


def _cells(feature: Feature) -> tuple[str, ...]:
    name = f"`{feature.name}`" + ("" if feature.scored else " (not scored)")
    limits = f"{feature.low:g} to {feature.high:g}"
    return name, feature.unit, limits, feature.meaning, feature.cause, feature.confounder


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
