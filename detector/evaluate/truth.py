"""What is true of a labelled world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow.parquet as pq

from detector.worlds import TRUTH, WorldError
from models.scorer import LABELS

if TYPE_CHECKING:
    from pathlib import Path

EVENTS: Final = "truth_events.parquet"

_ACCOUNT_COLUMNS: Final = (
    "account_id",
    "label",
    "archetype",
    "family",
    "campaign_id",
    "pool",
    "n_events",
    "n_attack",
    "first_attack_time",
)
_EVENT_COLUMNS: Final = ("event_id", "time", "account_id", "label", "family", "campaign_id", "ok")


@dataclass(frozen=True, slots=True)
class WorldTruth:
    """Labels of a world's accounts, and of the requests that belong to campaigns."""

    accounts: pd.DataFrame
    """a row for each account, columns of `truth_accounts.parquet`; times in UTC"""
    events: pd.DataFrame
    """a row for each request of a campaign, columns of `truth_events.parquet`; times in UTC"""
    name: str
    synthetic: bool

    @classmethod
    def read(cls, folder: Path, *, synthetic: bool = True) -> WorldTruth:
        """Read a world's truth; raises `WorldError` where a file or a column is missing."""
        accounts = _table(folder / TRUTH, _ACCOUNT_COLUMNS)
        _check(folder / TRUTH, accounts)
        accounts["first_attack_time"] = pd.to_datetime(accounts["first_attack_time"], utc=True)
        events = _table(folder / EVENTS, _EVENT_COLUMNS, [("label", "==", "distillation")])
        events["time"] = pd.to_datetime(events["time"], utc=True)
        # A category of accounts would hold those that the world never saw, and count them.
        events["account_id"] = events["account_id"].astype(str)
        return cls(accounts, events, folder.name, synthetic)


def _table(
    path: Path, columns: tuple[str, ...], filters: list[tuple[str, str, str]] | None = None
) -> pd.DataFrame:
    if not path.exists():
        raise WorldError(f"{path}: missing; a labelled world has one (see docs/events.md)")
    missing = sorted(set(columns) - set(pq.read_schema(path).names))
    if missing:
        raise WorldError(f"{path}: has no column {', '.join(missing)}; see docs/events.md for the columns")
    return pd.read_parquet(path, columns=list(columns), filters=filters)


def _check(path: Path, accounts: pd.DataFrame) -> None:
    if accounts.empty:
        raise WorldError(f"{path}: names no account; a world needs some to be graded")
    if accounts["account_id"].duplicated().any():
        raise WorldError(f"{path}: an account_id occurs twice; keep one row for each account")
    if not accounts["label"].isin(LABELS).all():
        raise WorldError(f"{path}: a label is none of {', '.join(LABELS)}; see docs/events.md")
    attack = accounts[accounts["label"] == "distillation"]
    if attack[["family", "campaign_id"]].isna().any(axis=None):
        raise WorldError(f"{path}: a distillation account has no family or campaign_id; give it both")
