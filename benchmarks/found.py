"""What a replay found of a labelled world, in a few figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.evaluate.grading import grade
from detector.evaluate.joined import Joined
from detector.evaluate.predictions import Predictions
from detector.truth import WorldTruth

if TYPE_CHECKING:
    from pathlib import Path

    from detector.evaluate.grades import Grades
    from detector.evaluate.rates import Rate

RESAMPLES: Final = 50
LEAST: Final = 2
"""Accounts of a group."""


def found_in(world: Path, findings: Path) -> dict[str, Any]:
    """Grade `findings` by the truth of `world`, with the definitions of `stillwatch evaluate`."""
    truth, said = WorldTruth.read(world), Predictions.read(findings)
    graded = grade(truth, said, resamples=RESAMPLES)
    return {
        "accounts": {"benign": graded.counts.benign, "relay": graded.counts.relay}
        | {"distillation": graded.counts.distillation},
        "honest_alerted": _rate(graded.alerts.fpr),
        "relay_alerted": _rate(graded.relays.alerted),
        "members_alerted": _rate(graded.alerts.recall),
        "found_whole": _rate(graded.groups.recall),
        "archetypes": {name: _rate(rate) for name, rate in sorted(graded.alerts.archetypes.items())},
        "campaigns": _campaigns(graded),
        "groups": _groups(Joined.of(truth, said)),
    }


def _rate(rate: Rate) -> list[int]:
    return [rate.hits, rate.n]


def _campaigns(graded: Grades) -> list[dict[str, Any]]:
    return [
        {
            "campaign_id": one.campaign_id,
            "accounts": one.accounts,
            "answered": one.exchanges,
            "before_first_alert": one.before_first,
            "before_half_were_alerted": one.before_half,
            "hours_to_first_alert": one.hours,
            "leaked": one.leaked,
        }
        for one in graded.leakage.campaigns
    ]


def _groups(joined: Joined) -> list[dict[str, int]]:
    """Accounts of each found campaign, and how many of them are a true one's, largest first."""
    grouped = joined.accounts[joined.accounts["group"].notna()].groupby("group")["label"]
    found = [
        {"accounts": len(labels), "of_a_campaign": int((labels == "distillation").sum())}
        for _, labels in grouped
        if len(labels) >= LEAST
    ]
    return sorted(found, key=lambda one: -one["accounts"])
