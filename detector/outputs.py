"""The files of a replay, as the output contract describes them, and three more for `stillwatch explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.campaign_outputs import TIME, write_campaigns, write_links
from detector.grouping import Grouping
from detector.reasons import explain
from features.scored import NAMES, OWN

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
LINKS: Final = "links.parquet"
ALERTS: Final = "alerts.jsonl"
FEATURES: Final = "features.parquet"
SUMMARY: Final = "summary.json"
DEAD_LETTERS: Final = "dead_letters.jsonl"

EXPLAINED_FROM: Final = 0.05
"""Accounts below this score carry no reasons: nobody asks why an unremarkable account is unremarkable."""

NOT_GROUPED: Final = Grouping()
"""No campaign at all."""

_CHUNK: Final = 8192
_REASONS: Final = pa.list_(
    pa.struct([("code", pa.string()), ("weight", pa.float64()), ("detail", pa.string())])
)


class AlertFile:
    """Writes alert revisions as JSON lines, in the order in which they were made."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, alerts: Iterable[Alert]) -> None:
        """Append some."""
        for alert in alerts:
            self._file.write(json.dumps(alert.to_json(), ensure_ascii=False) + "\n")


def write_tables(
    folder: Path,
    outcome: Outcome,
    model: Model,
    anomaly: AnomalyScorer,
    grouping: Grouping = NOT_GROUPED,
) -> None:
    """Write accounts, campaigns, their links and features, accounts in order of their id."""
    names = np.array(list(outcome.loop.ledger.accounts.names), dtype=object)
    order = np.argsort(names, kind="stable").astype(np.int64)
    rows = outcome.loop.ledger.accounts.rows
    events = rows["total"][: len(names)].astype(np.int64) + rows["denied"][: len(names)]
    found = [outcome.engine.vectors(some) for some in _chunks(order)]
    reasons = _reasons(outcome, model, order, found)
    table = {
        "account_id": pa.array(names[order], pa.string()),
        **_decided(outcome, grouping, order),
        "events": pa.array(events[order]),
        "reasons": pa.array([[r.to_json() for r in some] for some in reasons], _REASONS),
        "relay_score": pa.array(outcome.engine.verdicts["relay"][order].astype(np.float64)),
        "anomaly": pa.array(
            np.concatenate([anomaly.score(some[:, :OWN]) for some in found] or [np.zeros(0)])
        ),
    }
    pq.write_table(pa.table(table), folder / ACCOUNTS)
    write_campaigns(folder / CAMPAIGNS, grouping.campaigns, events)
    write_links(folder / LINKS, grouping, names)
    _write_features(folder, names[order], found)


def _decided(outcome: Outcome, grouping: Grouping, order: NDArray[np.int64]) -> dict[str, pa.Array]:
    """What was decided about the accounts in `order`, their own alerts and their campaign's together."""
    verdicts = outcome.engine.verdicts
    first = _first_alert(verdicts["first_alert"], grouping.cover(len(verdicts)))[order]
    return {
        "score": pa.array(verdicts["score"][order].astype(np.float64)),
        "label": pa.array(_labels(outcome, grouping)[order], pa.string()),
        "first_alert_time": pa.array(first, TIME, mask=first == 0),
        "campaign_id": pa.array(_campaign_ids(grouping, len(verdicts))[order], pa.string()),
    }


def _first_alert(own: NDArray[np.int64], cover: NDArray[np.int64]) -> NDArray[np.int64]:
    """The earlier of two times, where 0 is never."""
    either: NDArray[np.int64] = np.minimum(own, cover)
    return np.where(either == 0, np.maximum(own, cover), either)


def _labels(outcome: Outcome, grouping: Grouping) -> NDArray[np.object_]:
    accounts = len(outcome.engine.verdicts)
    own = np.array([outcome.engine.label(account) for account in range(accounts)], dtype=object)
    own[grouping.is_alerted(accounts)] = "distillation"
    return own


def _campaign_ids(grouping: Grouping, accounts: int) -> NDArray[np.object_]:
    ids = np.array([*(one.campaign_id for one in grouping.campaigns), None], dtype=object)
    found: NDArray[np.object_] = ids[grouping.campaign_of(accounts)]
    return found


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
        events = outcome.loop.ledger.accounts.rows["events"][accounts[told]]
        chunk: list[tuple[Reason, ...]] = [()] * len(accounts)
        for at, why in zip(told, explain(model, some[told], events), strict=True):
            chunk[at] = why
        reasons += chunk
    return reasons


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write what the replay did in one small file."""
    (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
