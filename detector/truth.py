"""What is true of a labelled world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.hashing import hash_strings
from models.scorer import BENIGN, LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from features.hashing import HashKey

TRUTH: Final = "truth_accounts.parquet"
"""Where a labelled world says what is true of its accounts."""
EVENTS: Final = "truth_events.parquet"
"""And of its requests."""

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


class WorldError(Exception):
    """A labelled world cannot be read: says what is missing, where, and the remedy."""


class Labels(NamedTuple):
    """What is true of accounts, each of shape (n,)."""

    labels: NDArray[np.int64]
    attack_from: NDArray[np.int64]
    """start of the first request of a campaign, ms; 0 without one"""
    kinds: NDArray[np.str_]
    """family, or archetype"""
    groups: NDArray[np.str_]
    """campaign, or the account itself"""
    pooled: NDArray[np.bool_]
    """whether the account is of a resale pool"""


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

    def of(self, names: Iterable[str]) -> Labels:
        """What is true of accounts; one that the truth does not name is benign."""
        index = pd.Index(list(names), dtype=object)
        known = self.accounts.set_index("account_id").reindex(index)
        itself = pd.Series(index.astype(str), index=index)
        said = known["label"].astype(object).fillna(LABELS[BENIGN])
        return Labels(
            np.array([LABELS.index(label) for label in said], dtype=np.int64),
            _epoch_ms(known["first_attack_time"]),
            known["family"].fillna(known["archetype"]).fillna("").to_numpy(str),
            known["campaign_id"].fillna(itself).to_numpy(str),
            (known["pool"].notna() | (known["label"] == "relay")).to_numpy(bool),
        )

    def attacks(self, key: HashKey) -> NDArray[np.uint64]:
        """Hashes of the requests of campaigns, ascending, as `EVENT_ROW` has them."""
        return np.sort(hash_strings(self.events["event_id"].astype(str).tolist(), key))


def logs_of(folder: Path) -> list[str]:
    """A labelled world's event files in order of their names; raises `WorldError` where there is none."""
    found = sorted(str(path) for path in folder.glob("events*"))
    if not found:
        raise WorldError(f"{folder}: holds no events* file; a labelled world has one (see docs/events.md)")
    return found


def _epoch_ms(times: pd.Series) -> NDArray[np.int64]:
    stamps = pd.to_datetime(times, utc=True)
    ms: NDArray[np.int64] = np.array(stamps.astype("datetime64[ms, UTC]").astype("int64"), dtype=np.int64)
    ms[stamps.isna().to_numpy()] = 0
    return ms


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
