"""Takes accounts, and what is old, out of a lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detector.lake.forgotten import mark, without_account
from detector.lake.layout import ROOT, day_of, folder_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.lake.files import Files

_ABOUT_ACCOUNTS: Final = ("accounts", "shares", "events")
_CARRIED: Final = "carried.parquet"


def forget(files: Files, account_id: str, now: int) -> int:
    """Leave no row and no id of an account in any file; how many rows there were.

    Nor are rows of ticks up to `now` (ms) written again, by whoever repeats old ticks or holds an hour that
    is not over. What a population's features were made of is not undone: they name nobody.
    """
    mark(files, account_id, now)
    files.sweep()
    tables = [name for table in _ABOUT_ACCOUNTS for name in files.names(f"{ROOT}/{table}")]
    return sum(_forget_in(files, name, account_id) for name in tables)


def prune(files: Files, before_day: int) -> int:
    """Delete the days before `before_day` (since the epoch); how many files went.

    Populations that later rows of accounts are part of keep their latest row of those days.
    """
    old = {
        table: [path for path in files.names(f"{ROOT}/{table}") if day_of(path) < before_day]
        for table in (*_ABOUT_ACCOUNTS, "populations")
    }
    carried = _carry(files, old["populations"], before_day)
    gone = [path for paths in old.values() for path in paths if path not in carried]
    # Accounts first: nothing refers to what is not there.
    for path in sorted(gone, key=lambda path: not path.startswith(f"{ROOT}/accounts")):
        files.delete(path)
    return len(gone)


def _forget_in(files: Files, path: str, account_id: str) -> int:
    if not pc.any(pc.equal(files.read_table(path, ["account_id"])["account_id"], account_id)).as_py():
        return 0
    table = files.read_table(path)
    left = without_account(table, account_id)
    if len(left):
        files.write_table(path, left)
    else:
        files.delete(path)
    return len(table) - len(left)


def _carry(files: Files, old: Sequence[str], before_day: int) -> set[str]:
    """Write the latest rows of populations that are still needed to the last day that goes; where."""
    if not old:
        return set()
    table = pa.concat_tables([files.read_table(path) for path in old])
    order = np.argsort(table["end"].cast(pa.int64()).to_numpy(), kind="stable")
    keys = table["population"].to_numpy()[order]
    found, from_end = np.unique(keys[::-1], return_index=True)
    last = order[len(keys) - 1 - from_end[np.isin(found, _needed(files, before_day))]]
    if len(last) == 0:
        return set()
    path = f"{folder_of('populations', before_day - 1)}/{_CARRIED}"
    files.write_table(path, table.take(pa.array(np.sort(last))))
    return {path}


def _needed(files: Files, from_day: int) -> NDArray[np.uint64]:
    """Populations that rows of accounts are part of, from a day on."""
    found = np.zeros(0, dtype=np.uint64)
    for path in files.names(f"{ROOT}/accounts"):
        if day_of(path) >= from_day:
            parts = files.read_table(path, ["parts"])["parts"].combine_chunks().flatten()
            found = np.union1d(found, parts.field("population").to_numpy())
    return found
