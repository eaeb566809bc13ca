"""Where a trial's history comes from: the store, or the folder of a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from detector.hook.errors import HookError
from detector.hook.policy.holding import Standing
from detector.hook.policy.trial import History
from detector.outputs import ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.store.interface import ReadStore

_PAGE: Final = 1000
_COLUMNS: Final = ("account_id", "label", "score", "campaign_id", "first_alert_time", "events")


def stored_histories(store: ReadStore) -> Iterator[History]:
    """Every account that ever had a verdict, with those of its verdicts that are kept."""
    after = 0
    while page := store.verdicts(after, _PAGE):
        for latest in page:
            account = latest.verdict.account_id
            kept = store.verdict_history(account) or [latest]
            yield History(account, [Standing.of(one.verdict) for one in kept])
        after = page[-1].version


def replayed_histories(folder: Path) -> Iterator[History]:
    """Accounts as a replay left them, with their requests. Raises `HookError` if there are none."""
    path = folder / ACCOUNTS
    if not path.is_file():
        raise HookError(f"{path} is not there; give the folder that `stillwatch replay --out` wrote")
    for batch in pq.ParquetFile(path).iter_batches(columns=list(_COLUMNS)):
        for row in batch.to_pylist():
            # Whoever was alerted once and is benign at the end was cleared.
            alerted = row["first_alert_time"] is not None and row["label"] == "distillation"
            standing = Standing(row["label"], row["score"], alerted, row["campaign_id"] is not None)
            yield History(row["account_id"], [standing], row["events"])
