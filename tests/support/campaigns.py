"""Hand-made campaigns, and the findings of a replay that found them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from detector.alert import Alert, Reason
from detector.campaign_outputs import write_campaigns, write_links
from detector.campaigns.campaign import Campaign, Indicator, SharedObject
from detector.grouping import Grouping, Links
from detector.outputs import ACCOUNTS, ALERTS, CAMPAIGNS, FEATURES, LINKS, SUMMARY
from detector.report.findings import Findings
from features.scored import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from detector.alert import Status

RAISED: Final = 1_772_323_200_000
"""2026-03-01 00:00 UTC"""


def shared(kind: str, key: str, **changed: Any) -> SharedObject:
    """A shared object that three members show, and nobody else."""
    fields = {"members": 3, "others": 0, "requests": 60, "weight": 2.0}
    return SharedObject(object_id=f"{kind}:{key}", kind=kind, **(fields | changed))


def campaign(name: str = "cmp_one", **changed: Any) -> Campaign:
    """Three accounts that ask the same over one payment method."""
    fields: dict[str, Any] = {
        "label": "distillation",
        "score": 0.97,
        "status": "open",
        "first_alert": RAISED,
        "updated": RAISED + 300_000,
        "members": (0, 1, 2),
        "requests": 75,
        "evidence": (
            shared("head", "4be1c0ffee", others=1, weight=3.5, requests=75),
            shared("payment", "90aa77", members=2, requests=40, weight=1.25),
        ),
        "indicators": (Indicator("around_the_clock", "active in 168 of 168 hours"),),
        "action": "review the members, then ask for a purpose of use",
    }
    return Campaign(campaign_id=name, **(fields | changed))


def links(*pairs: tuple[int, int, int]) -> Links:
    """From (account row, position in the evidence, requests)."""
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    return Links(rows[:, 0], rows[:, 1], rows[:, 2])


@dataclass(frozen=True, slots=True)
class World:
    """Accounts and the groups among them."""

    grouping: Grouping
    names: tuple[str, ...] = ("ann", "bob", "cid", "dan", "eve")
    requests: tuple[int, ...] = (40, 25, 30, 7, 3)
    model: str = "sw-hand"
    alerts: tuple[Alert, ...] = field(default=())

    def write(self, folder: Path) -> Path:
        """Write what a replay would have; the folder."""
        names = np.array(self.names, dtype=object)
        of = self.grouping.campaign_of(len(names))
        ids = np.array([*(one.campaign_id for one in self.grouping.campaigns), None], dtype=object)
        cover = pd.Series(pd.to_datetime(self.grouping.cover(len(names)), unit="ms", utc=True))
        accounts = {
            "account_id": names,
            "score": np.linspace(0.9, 0.1, len(names)),
            "label": np.where(self.grouping.is_alerted(len(names)), "distillation", "benign"),
            "first_alert_time": cover.where(self.grouping.cover(len(names)) > 0),
            "campaign_id": pd.array(ids[of], dtype="string"),
            "events": np.array(self.requests),
            "relay_score": 0.0,
            "anomaly": 0.5,
        }
        folder.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(accounts).to_parquet(folder / ACCOUNTS)
        features = pd.DataFrame(np.ones((len(names), len(NAMES))), columns=pd.Index(NAMES))
        features.assign(account_id=names).to_parquet(folder / FEATURES)
        write_campaigns(folder / CAMPAIGNS, self.grouping.campaigns, np.array(self.requests))
        write_links(folder / LINKS, self.grouping, names)
        lines = [json.dumps(alert.to_json()) + "\n" for alert in self.alerts]
        (folder / ALERTS).write_text("".join(lines), encoding="utf-8")
        (folder / SUMMARY).write_text(json.dumps(self._summary()), encoding="utf-8")
        return folder

    def read(self, folder: Path) -> Findings:
        """The same, written to a folder and read back."""
        return Findings.read(self.write(folder))

    def _summary(self) -> dict[str, Any]:
        counts = dict.fromkeys(("read", "accepted"), sum(self.requests))
        counts |= dict.fromkeys(("duplicate", "late", "dead_lettered", "lifecycle", "accounts_alerted"), 0)
        words = {"model": self.model, "thresholds": "hand", "mode": "calibrated"}
        return {**counts, **words, "dead_letter_reasons": {}, "accounts": len(self.names)}


def one_campaign(**changed: Any) -> World:
    """Of five accounts the first three are a campaign, all but one by both things that it shares."""
    one = campaign(**changed)
    covered = np.array([RAISED, RAISED, RAISED + 300_000, 0, 0], dtype=np.int64)
    shows = links((0, 0, 30), (0, 1, 25), (1, 0, 20), (2, 0, 25), (2, 1, 15))
    return World(Grouping((one,), covered, {one.campaign_id: shows}), alerts=(alert(one),))


def alert(one: Campaign, revision: int = 1) -> Alert:
    """The alert of a campaign."""
    reasons = (Reason("shared_head", 3.5, "first words shown by 3 members and 1 other"),)
    status: Status = "cleared" if one.status == "cleared" else "open"
    return Alert(
        one.campaign_id, "campaign", revision, RAISED, one.label, one.score, status, reasons, "sw-hand",
        shadow=False,
    )  # fmt: skip
