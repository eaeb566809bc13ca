"""The files of a replay, as the output contract describes them, and two more for `stillwatch explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.reasons import explain
from features.account.vector import NAMES, vectors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.alert import Alert, Reason
    from detector.engine import Model
    from detector.replay import Outcome
    from models.anomaly import AnomalyScorer

ACCOUNTS: Final = "accounts.parquet"
CAMPAIGNS: Final = "campaigns.parquet"
ALERTS: Final = "alerts.jsonl"
FEATURES: Final = "features.parquet"
SUMMARY: Final = "summary.json"
DEAD_LETTERS: Final = "dead_letters.jsonl"

EXPLAINED_FROM: Final = 0.05
"""Accounts below this score carry no reasons: nobody asks why an unremarkable account is unremarkable."""

_CHUNK: Final = 8192
_TIME: Final = pa.timestamp("ms", "UTC")
_REASONS: Final = pa.list_(
    pa.struct([("code", pa.string()), ("weight", pa.float64()), ("detail", pa.string())])
)
_CAMPAIGN: Final = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("first_alert_time", _TIME),
        ("accounts", pa.int64()),
        ("events", pa.int64()),
        ("evidence", pa.list_(pa.struct([("object", pa.string()), ("weight", pa.float64())]))),
    ]
)


class AlertFile:
    """Writes alert revisions as JSON lines, in the order in which they were made."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, alerts: Iterable[Alert]) -> None:
        """Append some."""
        for alert in alerts:
            self._file.write(json.dumps(alert.to_json(), ensure_ascii=False) + "\n")


def write_tables(folder: Path, outcome: Outcome, model: Model, anomaly: AnomalyScorer) -> None:
    """Write accounts, campaigns and features, accounts in order of their id."""
    names = np.array(list(outcome.loop.accounts.names), dtype=object)
    order = np.argsort(names, kind="stable").astype(np.int64)
    rows = outcome.loop.accounts.rows
    found = [vectors(rows, some) for some in _chunks(order)]
    reasons = _reasons(outcome, model, order, found)
    unusual = np.concatenate([anomaly.score(some) for some in found]) if found else np.zeros(0)
    verdicts = outcome.engine.verdicts[order]
    first = verdicts["first_alert"]
    table = {
        "account_id": pa.array(names[order], pa.string()),
        "score": pa.array(verdicts["score"].astype(np.float64)),
        "label": pa.array([outcome.engine.label(int(account)) for account in order], pa.string()),
        "first_alert_time": pa.array(first, _TIME, mask=first == 0),
        "campaign_id": pa.nulls(len(order), pa.string()),
        "events": pa.array(rows["total"][order].astype(np.int64) + rows["denied"][order]),
        "reasons": pa.array([[r.to_json() for r in some] for some in reasons], _REASONS),
        "relay_score": pa.array(verdicts["relay"].astype(np.float64)),
        "anomaly": pa.array(unusual),
    }
    pq.write_table(pa.table(table), folder / ACCOUNTS)
    pq.write_table(_CAMPAIGN.empty_table(), folder / CAMPAIGNS)
    _write_features(folder, names[order], found)


def _write_features(folder: Path, names: NDArray[np.object_], found: list[NDArray[np.float64]]) -> None:
    stacked = np.concatenate(found) if found else np.zeros((0, len(NAMES)))
    columns = {name: pa.array(stacked[:, at]) for at, name in enumerate(NAMES)}
    pq.write_table(pa.table({"account_id": pa.array(names, pa.string()), **columns}), folder / FEATURES)


def _chunks(order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [order[at : at + _CHUNK] for at in range(0, len(order), _CHUNK)]


def _reasons(
    outcome: Outcome, model: Model, order: NDArray[np.int64], found: list[NDArray[np.float64]]
) -> list[tuple[Reason, ...]]:
    reasons: list[tuple[Reason, ...]] = []
    for accounts, some in zip(_chunks(order), found, strict=True):
        verdicts = outcome.engine.verdicts[accounts]
        told = np.flatnonzero((verdicts["score"] >= EXPLAINED_FROM) | (verdicts["first_alert"] > 0))
        events = outcome.loop.accounts.rows["events"][accounts[told]]
        chunk: list[tuple[Reason, ...]] = [()] * len(accounts)
        for at, why in zip(told, explain(model, some[told], events), strict=True):
            chunk[at] = why
        reasons += chunk
    return reasons


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write what the replay did in one small file."""
    (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
