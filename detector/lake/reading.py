"""A lake's rows as arrays, in the order in which they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detector.lake.layout import (
    ACCOUNTS,
    EVENTS,
    POPULATIONS,
    PREFIX,
    ROOT,
    SHARES,
    SHOWN,
    TOLD,
    day_of,
)
from detector.lake.rows import PART
from features.account.fold import DAY
from features.account.vector import NAMES
from features.population.vector import NAMES as POPULATION_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detector.lake.files import Files


@dataclass(frozen=True, slots=True)
class When:
    """At which moment each row was taken, each of shape (n,)."""

    ends: NDArray[np.int64]
    """end of the tick, ms; no row holds what came later"""
    closing: NDArray[np.bool_]
    """taken when a log had ended, after what its last tick gave"""

    @property
    def order(self) -> NDArray[np.int64]:
        """Ascends with time."""
        return 2 * self.ends + self.closing


@dataclass(frozen=True, slots=True)
class AccountRows:
    """Accounts as they grew."""

    when: When
    ids: NDArray[np.object_]
    numbers: NDArray[np.int32]
    """rows in the ledger: arrival"""
    told: Mapping[str, NDArray[np.uint64]]
    """keyed hashes by `layout.TOLD`; 0: not told by the requests of that tick"""
    requests: NDArray[np.int64]
    vectors: NDArray[np.float64]
    part_counts: NDArray[np.int64]
    parts: NDArray[np.void]
    """dtype `detector.lake.rows.PART`, one row's after the other's"""


@dataclass(frozen=True, slots=True)
class PopulationRows:
    """Populations as they grew."""

    when: When
    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    members: NDArray[np.int64]
    shown: NDArray[np.int64]
    vectors: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShareRows:
    """Members of populations when those were looked at."""

    when: When
    keys: NDArray[np.uint64]
    ids: NDArray[np.object_]
    requests: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EventRows:
    """Requests, in order of time within each tick."""

    ends: NDArray[np.int64]
    events: NDArray[np.uint64]
    ids: NDArray[np.object_]
    keys: NDArray[np.uint64]
    """populations that each is of, shape (n, kinds of words); 0: none"""


def read_accounts(files: Files, until: int | None = None) -> AccountRows:
    """Rows of ticks that ended at `until` (ms) or before; None: all."""
    table = _read(files, "accounts", ACCOUNTS, until)
    lists = table["parts"].combine_chunks()
    return AccountRows(
        _when(table), _ids(table), _column(table, "number"), {name: _column(table, name) for name in TOLD},
        _column(table, "requests"), _features(table, NAMES),
        np.asarray(pc.list_value_length(lists).to_numpy(zero_copy_only=False), dtype=np.int64),
        _parts(lists.flatten()),
    )  # fmt: skip


def read_populations(files: Files, until: int | None = None) -> PopulationRows:
    """The same of populations."""
    table = _read(files, "populations", POPULATIONS, until)
    return PopulationRows(
        _when(table), _column(table, "population"), _column(table, "number"),
        _column(table, "members").astype(np.int64), _column(table, "shown").astype(np.int64),
        _features(table, POPULATION_NAMES),
    )  # fmt: skip


def read_shares(files: Files, until: int | None = None) -> ShareRows:
    """The same of members."""
    table = _read(files, "shares", SHARES, until)
    requests = _column(table, "requests").astype(np.int64)
    return ShareRows(_when(table), _column(table, "population"), _ids(table), requests)


def read_events(files: Files, until: int | None = None) -> EventRows:
    """The same of requests; empty where the lake keeps none."""
    columns = ("end", "account_id", "event", *SHOWN)
    schema = pa.schema([EVENTS.field(name) for name in columns])
    table = _read(files, "events", schema, until)
    keys = np.stack([_column(table, name) for name in SHOWN], axis=1)
    return EventRows(_ends(table), _column(table, "event"), _ids(table), keys)


def _read(files: Files, name: str, schema: pa.Schema, until: int | None) -> pa.Table:
    """Reads the files of days up to `until`, one after the other."""
    last = None if until is None else (until - 1) // DAY
    paths = [path for path in files.names(f"{ROOT}/{name}") if last is None or day_of(path) <= last]
    tables = [files.read_table(path, schema.names).cast(schema) for path in paths]
    table = pa.concat_tables([schema.empty_table(), *tables])
    if until is None:
        return table
    return table.filter(pc.less_equal(table["end"].cast(pa.int64()), until))


def _when(table: pa.Table) -> When:
    return When(_ends(table), _column(table, "closing"))


def _ends(table: pa.Table) -> NDArray[np.int64]:
    ends: NDArray[np.int64] = table["end"].cast(pa.int64()).to_numpy()
    return ends


def _ids(table: pa.Table) -> NDArray[np.object_]:
    return np.array(table["account_id"].to_pylist(), dtype=object)


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    values: NDArray[Any] = table[name].to_numpy()
    return values


def _features(table: pa.Table, names: Sequence[str]) -> NDArray[np.float64]:
    out = np.empty((len(table), len(names)))
    for at, name in enumerate(names):
        out[:, at] = _column(table, PREFIX + name)
    return out


def _parts(found: pa.StructArray) -> NDArray[np.void]:
    out = np.zeros(len(found), dtype=PART)
    for at, name in enumerate(PART.names or ()):
        out[name] = found.flatten()[at].to_numpy(zero_copy_only=False)
    return out
