"""The HTML report of a replay: one file, no script, nothing from outside, all text of a log escaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from detector.report.campaigns import section
from detector.report.charts import HEIGHT, WIDTH, distribution, timeline
from detector.report.explanation import explain_accounts
from features.adapters import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.contributions import Contribution
    from detector.report.explanation import Explanation
    from detector.report.findings import Findings
    from models.artefact import Artefact

REPORT: Final = "report.html"
UNUSUAL: Final = 0.999
"""Rank among honest accounts from which an account of no known class is worth a look."""

_EXPLAINED: Final = 30
_MOST: Final = 200
_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Strip:
    """A feature's value beside what is usual, on a line from 0 to 100."""

    low: float
    high: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One contribution as the page shows it."""

    part: Contribution
    share: float
    """of the heaviest in the table, in [-1, 1]"""
    strip: Strip | None


def write_report(
    path: Path,
    findings: Findings,
    artefact: Artefact,
    traffic: Sequence[tuple[int, int]],
    raise_at: float,
) -> None:
    """Write the page; `traffic` holds (end of tick in ms, requests). Raises `FindingsError`."""
    environment = Environment(
        loader=PackageLoader("detector"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.jinja")
    # An account id may hold half a surrogate pair, which no file can.
    text = page.render(context(findings, artefact, traffic, raise_at))
    path.write_text(text, encoding="utf-8", errors="replace")


def context(
    findings: Findings, artefact: Artefact, traffic: Sequence[tuple[int, int]], raise_at: float
) -> dict[str, Any]:
    """What the template shows."""
    alerts = findings.latest()
    told = [alert["subject_id"] for alert in alerts if alert["status"] == "open"][:_EXPLAINED]
    unusual = findings.unusual(UNUSUAL)
    strange = [str(name) for name in unusual.index[:_EXPLAINED]]
    why = explain_accounts(findings, artefact, [*told, *strange])
    firsts = [alert for alert in findings.alerts if alert["revision"] == 1]
    marks = [(_ms(alert["time"]), f"{_marked(alert)}: {alert['subject_id']}") for alert in firsts]
    scores = findings.accounts["score"].to_numpy(np.float64)
    return {
        "summary": findings.summary,
        "labels": findings.accounts["label"].value_counts().to_dict(),
        "width": WIDTH,
        "height": HEIGHT,
        "timeline": timeline(traffic, marks[:_MOST]),
        "distribution": distribution(scores, raise_at),
        "alerts": alerts[:_MOST],
        "more": len(alerts[_MOST:]),
        "open": sum(alert["status"] == "open" for alert in alerts),
        "events": findings.accounts["events"],
        "since": {alert["subject_id"]: alert["time"] for alert in firsts if alert["kind"] == "account"},
        "campaign_of": findings.accounts["campaign_id"].dropna(),
        "explained": {name: rows(why[name]) for name in told},
        "unusual": unusual.head(_EXPLAINED),
        "more_unusual": len(unusual[_EXPLAINED:]),
        "strange": {name: far_out(why[name]) for name in strange},
        "rank": UNUSUAL,
        "reasons": REASONS,
        **section(findings),
    }


def rows(explanation: Explanation) -> list[Row]:
    """The heaviest contributions of an account."""
    parts = explanation.moving[:_PARTS]
    most = max((abs(part.weight) for part in parts), default=1.0)
    return [Row(part, part.weight / most, strip(part)) for part in parts]


def far_out(explanation: Explanation) -> list[Contribution]:
    """The features of evidence farthest outside of what is usual, whatever the score makes of them."""
    found = [part for part in explanation.contributions if part.feature.is_evidence and _beyond(part) > 0]
    return sorted(found, key=_beyond, reverse=True)[:_PARTS]


def strip(part: Contribution) -> Strip | None:
    """Where the value lies; None where nothing is usual or all is the same."""
    low, high = part.usual[1], part.usual[-2]
    known = [value for value in (part.usual[0], part.usual[-1], part.value) if not np.isnan(value)]
    start, end = min(known, default=0.0), max(known, default=0.0)
    if np.isnan(low) or end <= start:
        return None
    value = None if np.isnan(part.value) else 100 * (part.value - start) / (end - start)
    return Strip(100 * (low - start) / (end - start), 100 * (high - start) / (end - start), value)


def _beyond(part: Contribution) -> float:
    """How far the value is outside the cohort's middle 98 %, in widths of that range."""
    low, high = part.usual[0], part.usual[-1]
    if np.isnan(part.value) or np.isnan(low):
        return 0.0
    return max(low - part.value, part.value - high) / (high - low + 0.05)


def _marked(alert: dict[str, Any]) -> str:
    return "alert of a campaign" if alert["kind"] == "campaign" else "alert"


def _ms(time: str) -> int:
    return int(np.datetime64(time.rstrip("Z"), "ms").astype(np.int64))
