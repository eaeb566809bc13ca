"""Truths and verdicts written by hand, to grade one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from detector.evaluate.predictions import Predictions
from detector.truth import WorldTruth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

START: Final = pd.Timestamp("2026-03-01T00:00:00Z")
Minute = int


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is, and what was said of it."""

    name: str
    score: float = 0.0
    alert: Minute | None = None
    said: str = "benign"
    group: str | None = None
    label: str = "benign"
    kind: str = "chat"
    """archetype of an honest account, family of a hostile one"""
    campaign: str | None = None
    pool: str | None = None
    exchanges: tuple[Minute, ...] = ()
    """answered requests of the campaign"""
    refused: tuple[Minute, ...] = ()


def moment(minute: Minute | None) -> pd.Timestamp | None:
    """A time of the first days."""
    return None if minute is None else START + pd.Timedelta(minutes=minute)


def truth_of(accounts: Sequence[Account], name: str = "hand", *, synthetic: bool = True) -> WorldTruth:
    """What is true of them."""
    rows = pd.DataFrame([_truth_row(account) for account in accounts])
    rows["first_attack_time"] = pd.to_datetime(rows["first_attack_time"], utc=True)
    events = [
        {
            "event_id": f"{account.name}-{ok}-{at}",
            "time": moment(minute),
            "account_id": account.name,
            "label": "distillation",
            "family": account.kind,
            "campaign_id": account.campaign,
            "ok": ok,
        }
        for account in accounts
        for ok, minutes in ((True, account.exchanges), (False, account.refused))
        for at, minute in enumerate(minutes)
    ]
    columns = ["event_id", "time", "account_id", "label", "family", "campaign_id", "ok"]
    return WorldTruth(rows, pd.DataFrame(events, columns=columns), name, synthetic)


def _truth_row(account: Account) -> dict[str, object]:
    hostile = account.label == "distillation"
    attack = (*account.exchanges, *account.refused)
    return {
        "account_id": account.name,
        "label": account.label,
        "archetype": "attack" if hostile else account.kind,
        "family": account.kind if hostile else None,
        "campaign_id": account.campaign,
        "pool": account.pool,
        "n_events": max(len(attack), 1),
        "n_attack": len(attack),
        "first_attack_time": moment(min(attack, default=None)),
    }


def said_of(accounts: Sequence[Account], groups: Mapping[str, Minute | None] | None = None) -> Predictions:
    """What was said of them; `groups` are distillation campaigns found, with their first alerts."""
    rows = pd.DataFrame(
        [
            {
                "account_id": account.name,
                "score": account.score,
                "label": account.said,
                "first_alert_time": moment(account.alert),
                "campaign_id": account.group,
            }
            for account in accounts
        ]
    )
    rows["first_alert_time"] = pd.to_datetime(rows["first_alert_time"], utc=True)
    found = [
        {"campaign_id": name, "score": 1.0, "label": "distillation", "first_alert_time": moment(minute)}
        for name, minute in (groups or {}).items()
    ]
    table = pd.DataFrame(found, columns=["campaign_id", "score", "label", "first_alert_time"])
    table["first_alert_time"] = pd.to_datetime(table["first_alert_time"], utc=True)
    return Predictions(rows, None if groups is None else table)
