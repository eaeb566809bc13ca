"""What a lake holds: tables of Parquet, a file for each hour of event time, named by that hour alone.

Whoever repeats the ticks of an hour writes the same bytes over the same file. A row belongs to the hour that
its tick ended in, and the end of an hour is part of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from features.account.fold import DAY, HOUR
from features.account.vector import NAMES
from features.population.layout import KINDS, WORDS
from features.population.vector import NAMES as POPULATION_NAMES
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    import numpy as np

SCHEMA: Final = 2
"""Of the tables below."""
MANIFEST: Final = "lake.json"
ROOT: Final = f"v{SCHEMA}"
FORGOTTEN: Final = f"{ROOT}/forgotten"
TABLES: Final = ("populations", "shares", "events", "accounts")
"""In the order in which an hour's files are written: what accounts refer to is there before them."""

END: Final = pa.timestamp("ms", tz="UTC")
PREFIX: Final = "f_"
"""Of columns that are features."""
TOLD: Final = ("org", "plan", "client")
"""Keyed hashes of what is known of an account beside its features; 0: no request of the tick told it."""
PART: Final = pa.struct(
    {
        "population": pa.uint64(),
        "kind": pa.int32(),
        "count": pa.int32(),
        "members": pa.int32(),
        "shown": pa.int32(),
        "share": pa.float32(),
        "relative": pa.float32(),
    }
)
"""An account's part, as `features.population.attachment.PART`; `shown` is the population's."""

ACCOUNTS: Final = pa.schema(
    {
        "end": END,
        "closing": pa.bool_(),
        "account_id": pa.string(),
        "number": pa.int32(),
        **dict.fromkeys(TOLD, pa.uint64()),
        "requests": pa.int64(),
        **{PREFIX + name: pa.float64() for name in NAMES},
        "parts": pa.list_(PART),
    }
)
POPULATIONS: Final = pa.schema(
    {
        "end": END,
        "closing": pa.bool_(),
        "population": pa.uint64(),
        "number": pa.int32(),
        "members": pa.int32(),
        "requests": pa.int32(),
        "shown": pa.int32(),
        **{PREFIX + name: pa.float64() for name in POPULATION_NAMES},
    }
)
SHARES: Final = pa.schema(
    {
        "end": END,
        "closing": pa.bool_(),
        "population": pa.uint64(),
        "account_id": pa.string(),
        "requests": pa.int32(),
    }
)
SHOWN: Final = tuple(f"in_{KINDS[kind]}" for kind in WORDS)
"""Columns of an event's populations, 0 where it is of none."""
FIELDS: Final = tuple(name for name in EVENT_ROW.names or () if name not in {"account", "reserved"})
SKETCHED: Final = tuple(name for name in SKETCH_ROW.names or () if name != "reserved")
SKETCH: Final = "s_"
"""Of columns that are of the text's sketch."""


def arrow_of(dtype: np.dtype[Any]) -> pa.DataType:
    """The type of a column of such values; of lists of one length where each is an array."""
    if dtype.subdtype is None:
        return pa.from_numpy_dtype(dtype)
    base, (length,) = dtype.subdtype
    return pa.list_(pa.from_numpy_dtype(base), length)


EVENTS: Final = pa.schema(
    {
        "end": END,
        "account_id": pa.string(),
        **dict.fromkeys(SHOWN, pa.uint64()),
        **{name: arrow_of(EVENT_ROW[name]) for name in FIELDS},
        **{SKETCH + name: arrow_of(SKETCH_ROW[name]) for name in SKETCHED},
    }
)


def hour_of(end: int) -> int:
    """Of a tick's end in ms: hours since the epoch."""
    return (end - 1) // HOUR


def folder_of(table: str, day: int) -> str:
    """Of a day since the epoch."""
    return f"{ROOT}/{table}/day={datetime.fromtimestamp(day * DAY / 1000, UTC):%Y-%m-%d}"


def path_of(table: str, hour: int) -> str:
    """Of the rows of an hour since the epoch."""
    return f"{folder_of(table, hour * HOUR // DAY)}/{hour % 24:02}00.parquet"


def closing_path(table: str, end: int) -> str:
    """Of the rows at the end of a log that ended at `end` (ms); after all the day's hours by name."""
    return f"{folder_of(table, (end - 1) // DAY)}/closing-{end}.parquet"


def day_of(path: str) -> int:
    """The day since the epoch that a file is of."""
    said = path.split("day=")[1][:10]
    return round(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp() * 1000) // DAY
