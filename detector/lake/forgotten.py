"""Accounts that a lake must not hold: whoever repeats old ticks leaves them out again.

A marker is a digest, which tells nobody an account's id who does not know it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detector.lake.layout import FORGOTTEN

if TYPE_CHECKING:
    from detector.lake.files import Files


def mark(files: Files, account_id: str, until: int) -> None:
    """No row of the account of a tick up to `until` (ms) is to be written again."""
    files.write(f"{FORGOTTEN}/{_digest(account_id)}", str(until).encode())


def marked(files: Files) -> dict[str, int]:
    """Until when accounts are forgotten, ms, by their digests."""
    found = {name.rpartition("/")[2]: files.read(name) for name in files.names(FORGOTTEN)}
    return {name: int(body) for name, body in found.items() if body is not None}


def without(table: pa.Table, forgotten: dict[str, int]) -> pa.Table:
    """The rows of `table` that may be written."""
    if not forgotten or "account_id" not in table.column_names:
        return table
    ids = table["account_id"].to_pylist()
    last = {one: forgotten.get(_digest(one), -1) for one in set(ids)}
    ends = table["end"].cast(pa.int64()).to_numpy()
    kept = ends > np.array([last[one] for one in ids], dtype=np.int64)
    return table.filter(pa.array(kept))


def without_account(table: pa.Table, account_id: str) -> pa.Table:
    """The rows of `table` that are of other accounts."""
    return table.filter(pc.not_equal(table["account_id"], account_id))


def _digest(account_id: str) -> str:
    return hashlib.blake2b(account_id.encode(), digest_size=16, person=b"forgotten").hexdigest()
