"""Truth and predictions side by side, account by account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from detector.evaluate.predictions import Predictions
    from detector.truth import WorldTruth

NEVER: Final = np.iinfo(np.int64).max
"""Stands for the time of what did not happen."""

_NOT_DISTILLATION: Final = ("relay", "benign")


@dataclass(frozen=True, slots=True)
class Joined:
    """Accounts of the truth with what was said of them."""

    accounts: pd.DataFrame
    """columns of the truth and `score`, `said_label`, `alert` (bool), `alert_at` (µs or `NEVER`),
    `alert_ever` (bool: also if it was cleared later), `group` (the found distillation group, or null)"""
    group_at: Mapping[Hashable, int]
    """first alert of each found group that has one, µs"""

    @classmethod
    def of(cls, truth: WorldTruth, said: Predictions) -> Joined:
        """Join; an account without a prediction has score 0 and no alert."""
        told = said.accounts.rename(columns={"label": "said_label", "campaign_id": "group"})
        joined = truth.accounts.merge(told, on="account_id", how="left", validate="one_to_one")
        joined["score"] = joined["score"].astype(float).fillna(0.0).clip(0.0, 1.0)
        blamed = ~joined["said_label"].isin(_NOT_DISTILLATION)
        at = microseconds(joined["first_alert_time"])
        joined["alert_ever"] = at != NEVER
        joined["alert"] = (at != NEVER) & blamed
        joined["alert_at"] = np.where(joined["alert"], at, NEVER)
        joined.loc[~(blamed & _is_blamed(joined["group"], said.campaigns)), "group"] = None
        return cls(joined, _group_times(said.campaigns))

    def labelled(self, label: str) -> pd.DataFrame:
        """Accounts of one true label."""
        return self.accounts[self.accounts["label"] == label]

    def pure_relays(self) -> pd.DataFrame:
        """Relay accounts of pools that carry no campaign."""
        relays = self.labelled("relay")
        carrying = self.labelled("distillation")["pool"].dropna().unique()
        return relays[~relays["pool"].isin(carrying)]


def microseconds(times: pd.Series) -> NDArray[np.int64]:
    """Times in µs since the epoch, `NEVER` where there is none."""
    stamps = pd.to_datetime(times, utc=True).astype("datetime64[us, UTC]")
    found = np.array(stamps.astype("int64"), dtype=np.int64)
    found[stamps.isna().to_numpy()] = NEVER
    return found


def _is_blamed(group: pd.Series, groups: pd.DataFrame | None) -> pd.Series:
    """Whether an account is in a group that is not said to be a relay's or benign."""
    inside = group.notna()
    if groups is None:
        return inside
    innocent = groups.loc[groups["label"].isin(_NOT_DISTILLATION), "campaign_id"]
    return inside & ~group.isin(innocent)


def _group_times(groups: pd.DataFrame | None) -> dict[Hashable, int]:
    if groups is None:
        return {}
    at = microseconds(groups["first_alert_time"])
    return {name: int(time) for name, time in zip(groups["campaign_id"], at, strict=True) if time != NEVER}
