"""Small labelled worlds: a log, and the truth about it as its makers would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from detector.truth import EVENTS, TRUTH, WorldTruth
from tests.support.logs import write_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.logs import Event

HOSTILE: Final = "pipe"
"""Accounts whose names begin so are a campaign."""
BEFORE: Final = "-before"
"""What they asked before it: requests whose ids end so."""
RESOLD: Final = "resold"
"""Accounts whose names begin so are a resale pool."""


def write_world(folder: Path, log: Sequence[Event], family: str = "harvest", hostile: str = HOSTILE) -> Path:
    """Write a labelled world into a new or empty folder; the folder."""
    folder.mkdir(exist_ok=True)
    accounts, events = _tables(log, family, hostile)
    write_log(folder / "events.jsonl", log)
    accounts.to_parquet(folder / TRUTH)
    events.to_parquet(folder / EVENTS)
    return folder


def truth_of_log(log: Sequence[Event], family: str = "harvest") -> WorldTruth:
    """What is true of a log."""
    accounts, events = _tables(log, family, HOSTILE)
    return WorldTruth(accounts, events[events["label"] == "distillation"], "small", synthetic=True)


def _tables(log: Sequence[Event], family: str, campaign: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    events = pd.DataFrame([_event(event, family, campaign) for event in log if "kind" not in event])
    attack = events[events["label"] == "distillation"].groupby("account_id")["time"]
    accounts = events.groupby("account_id", as_index=False).agg(n_events=("event_id", "size"))
    name = accounts["account_id"]
    hostile, resold = name.str.startswith(campaign), name.str.startswith(RESOLD)
    accounts["label"] = "benign"
    accounts.loc[resold, "label"] = "relay"
    accounts.loc[hostile, "label"] = "distillation"
    accounts["archetype"] = "chat"
    accounts.loc[hostile, "archetype"] = "attack"
    accounts["family"] = _where(hostile, family)
    accounts["campaign_id"] = _where(hostile, f"{family}-1")
    accounts["pool"] = _where(resold, "pool-1")
    counts, starts = attack.size().to_dict(), attack.min().to_dict()
    accounts["n_attack"] = [counts.get(one, 0) for one in name]
    accounts["first_attack_time"] = pd.to_datetime(pd.Series([starts.get(one) for one in name]), utc=True)
    return accounts, events


def _event(event: Event, family: str, campaign: str) -> dict[str, object]:
    hostile = event["account_id"].startswith(campaign) and not event["event_id"].endswith(BEFORE)
    return {
        "event_id": event["event_id"],
        "time": pd.Timestamp(event["time"]),
        "account_id": event["account_id"],
        "label": "distillation" if hostile else "benign",
        "family": family if hostile else None,
        "campaign_id": f"{family}-1" if hostile else None,
        "ok": event.get("status") == 200,
    }


def _where(chosen: pd.Series, value: str) -> pd.Series:
    return pd.Series([value if one else None for one in chosen], dtype="str")
