"""The findings of a replay, read back from its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pyarrow import ArrowException

from detector.campaign_outputs import read_campaigns
from detector.outputs import ACCOUNTS, ALERTS, CAMPAIGNS, FEATURES, LINKS, SUMMARY
from features.scored import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from detector.alert import Kind
    from detector.campaigns.campaign import Campaign

_COMPARED: Final = 20_000
"""Ids that a misspelt one is compared with in reasonable time; of more, those with the same beginning."""
_HEAD: Final = 8


class FindingsError(Exception):
    """Findings cannot be read or explained: says what is wrong, where, and the remedy."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a replay wrote."""

    accounts: pd.DataFrame
    """`accounts.parquet`, indexed by account id"""
    features: pd.DataFrame
    """`features.parquet`, indexed by account id, columns in the catalogue's order"""
    alerts: list[dict[str, Any]]
    """every revision, in order of time"""
    summary: dict[str, Any]
    campaigns: tuple[Campaign, ...]
    """whose members are rows of `accounts`"""
    links: pd.DataFrame
    """`links.parquet`: campaign_id, account_id, object, requests"""

    @classmethod
    def read(cls, folder: Path) -> Findings:
        """Read a folder; raises `FindingsError` where it is none or was made by another release."""
        try:
            accounts = pd.read_parquet(folder / ACCOUNTS).set_index("account_id")
            features = pd.read_parquet(folder / FEATURES).set_index("account_id")
            # Not splitlines: an account id may hold a line separator of Unicode.
            lines = (folder / ALERTS).read_text(encoding="utf-8").split("\n")[:-1]
            summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
            alerts = [json.loads(line) for line in lines]
            members = {str(name): tuple(map(int, at)) for name, at in _members(accounts).items()}
            campaigns = read_campaigns(folder / CAMPAIGNS, members)
            links = pd.read_parquet(folder / LINKS)
            found = cls(accounts, features, alerts, summary, campaigns, links)
        except (OSError, ValueError, KeyError, ArrowException) as error:
            raise FindingsError(
                f"{folder}: no findings of a replay ({type(error).__name__}); "
                "make some with `stillwatch replay LOGS --out DIR`"
            ) from None
        if list(features.columns) != list(NAMES):
            raise FindingsError(f"{folder / FEATURES}: made by another release; replay the logs again")
        return found

    def latest(self, kind: Kind = "account") -> list[dict[str, Any]]:
        """The latest revision of every alert of a kind, the highest score first."""
        last = {alert["alert_id"]: alert for alert in self.alerts if alert["kind"] == kind}
        return sorted(last.values(), key=lambda alert: (-alert["score"], alert["subject_id"]))

    def open_alerts(self) -> list[dict[str, Any]]:
        """The latest revision of every account's alert that is still open, the highest score first."""
        return [alert for alert in self.latest() if alert["status"] == "open"]

    def revisions(self, subject: str, kind: Kind = "account") -> list[dict[str, Any]]:
        """The revisions of the alert of one account or campaign, in order of time."""
        return [alert for alert in self.alerts if (alert["subject_id"], alert["kind"]) == (subject, kind)]

    def campaign(self, name: str) -> Campaign | None:
        """The campaign of this id, or the one that it turned out to be part of, if there is one."""
        own = (one for one in self.campaigns if one.campaign_id == name)
        heirs = (one for one in self.campaigns if name in one.merged)
        return next(chain(own, heirs), None)

    def campaign_of(self, account: str) -> Campaign | None:
        """The campaign that an account is of, if it is of one."""
        name = self.accounts["campaign_id"].get(account)
        return None if name is None or pd.isna(name) else self.campaign(str(name))

    def members(self, campaign: Campaign) -> pd.DataFrame:
        """The members' rows of `accounts.parquet`."""
        return self.accounts.iloc[list(campaign.members)]

    def links_of(self, campaign: Campaign) -> pd.DataFrame:
        """The rows of `links.parquet` of one campaign."""
        return self.links[self.links["campaign_id"] == campaign.campaign_id]

    def unusual(self, rank: float) -> pd.DataFrame:
        """Accounts more unusual than a share `rank` of the reference and of no known class."""
        chosen = (self.accounts["anomaly"] >= rank) & (self.accounts["label"] == "benign")
        return self.accounts[chosen].sort_values("anomaly", ascending=False, kind="stable")

    def verdict(self, account: str) -> dict[str, Any]:
        """The account's row of `accounts.parquet`."""
        return {str(name): value for name, value in self.accounts.loc[account].items()}

    def known(self, account: str) -> str:
        """The account's id; raises `FindingsError` with similar ids when there is no such account."""
        if account in self.accounts.index:
            return account
        groups = [name for one in self.campaigns for name in (one.campaign_id, *one.merged)]
        names = groups + [str(name) for name in self.accounts.index]
        if len(names) > _COMPARED:
            names = [name for name in names if name[:_HEAD] == account[:_HEAD]][:_COMPARED]
        near = get_close_matches(account, names, n=3, cutoff=0.4)
        hint = (
            f"; did you mean {', '.join(near)}?"
            if near
            else "; accounts.parquet and campaigns.parquet list all that there are"
        )
        raise FindingsError(f"{account}: no account or campaign of these findings{hint}")


def _members(accounts: pd.DataFrame) -> dict[Any, Any]:
    """Rows of the members by campaign id."""
    return accounts.groupby("campaign_id").indices
