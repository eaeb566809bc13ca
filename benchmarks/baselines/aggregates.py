"""Plain aggregates of each account, as any dashboard has them, and the predictions made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import pandas as pd

from benchmarks.candidates import lines

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FAILED: Final = 400
ALERTED_SHARE: Final = 1e-3
"""A baseline without a natural limit alerts this share of all accounts, the same budget as ours."""


class Usage(msgspec.Struct):
    """What the aggregates are made of."""

    time: str
    account_id: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    temperature: float | None = None
    client_ip: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a detector says of accounts, as `grade.py` reads it."""

    score: pd.Series
    """by account id; any scale"""
    alerted: pd.Series
    """by account id: time of the alert; accounts without one are left out"""

    def save(self, folder: Path) -> None:
        """Write accounts.parquet; scores become ranks between 0 and 1."""
        folder.mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame({"score": self.score.rank(method="min") / len(self.score)})
        table["first_alert_time"] = self.alerted
        table["label"] = np.where(table["first_alert_time"].notna(), "distillation", "benign")
        table["campaign_id"] = None
        table.rename_axis("account_id").reset_index().to_parquet(folder / "accounts.parquet")


def read_usage(log: Path) -> pd.DataFrame:
    """One row a request, in order of time."""
    read = msgspec.json.Decoder(Usage).decode
    usage = pd.DataFrame([msgspec.structs.asdict(read(line)) for line in lines(log)])
    usage["time"] = pd.to_datetime(usage["time"], utc=True, format="ISO8601")
    return usage


def alerted_at(usage: pd.DataFrame, count: pd.Series, limit: float) -> pd.Series:
    """By account: when its running `count` (one value a request) first reached `limit`."""
    over = usage[count >= limit]
    return over.groupby("account_id")["time"].min()


def highest(score: pd.Series) -> float:
    """The score that the alerted share of all accounts reaches."""
    return float(score.quantile(1 - ALERTED_SHARE, interpolation="higher"))


def vectors(usage: pd.DataFrame) -> tuple[pd.Index, NDArray[np.float64]]:
    """Accounts and their aggregates: volume, tokens, temperature, addresses, hours, failures."""
    accounts = usage.groupby("account_id")
    table = pd.DataFrame(
        {
            "requests": np.log1p(accounts.size()),
            "input": np.log1p(accounts["input_tokens"].mean()),
            "output": np.log1p(accounts["output_tokens"].mean()),
            "output_spread": np.log1p(accounts["output_tokens"].std()),
            "temperature": accounts["temperature"].mean(),
            "addresses": np.log1p(accounts["client_ip"].nunique()),
            "hours": accounts["time"].agg(lambda times: times.dt.hour.nunique()),
            "failures": accounts["status"].agg(lambda status: (status >= FAILED).mean()),
        }
    )
    return table.index, table.fillna(table.median()).to_numpy(np.float64)
