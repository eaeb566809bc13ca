"""What a detector says of a world: the part of a replay's output that is graded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow.parquet as pq

from detector.outputs import ACCOUNTS, CAMPAIGNS
from detector.report.findings import FindingsError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: Final = ("account_id", "score", "label", "first_alert_time", "campaign_id")


@dataclass(frozen=True, slots=True)
class Predictions:
    """A detector's verdicts."""

    accounts: pd.DataFrame
    """a row for each account, columns `COLUMNS`: score in [0, 1], first alert in UTC or NaT, the rest text or
    null; an account that is missing counts as score 0 and no alert"""
    campaigns: pd.DataFrame | None = None
    """a row for each group found: campaign_id, score, label, first_alert_time; None: the detector has none"""

    @classmethod
    def read(cls, folder: Path) -> Predictions:
        """Read a replay's output; raises `FindingsError` where it is none."""
        path = folder / ACCOUNTS
        if not path.exists():
            raise FindingsError(f"{path}: missing; name a folder that `stillwatch replay` has written")
        missing = sorted(set(COLUMNS) - set(pq.read_schema(path).names))
        if missing:
            raise FindingsError(f"{path}: has no column {', '.join(missing)}; replay the logs again")
        campaigns = folder / CAMPAIGNS
        return cls(
            pd.read_parquet(path, columns=list(COLUMNS)),
            pd.read_parquet(campaigns) if campaigns.exists() else None,
        )
