"""Rows that were taken, as the tables of a lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from detector.lake import layout
from detector.lake.layout import (
    ACCOUNTS,
    END,
    EVENTS,
    FIELDS,
    POPULATIONS,
    PREFIX,
    SHARES,
    SKETCH,
    SKETCHED,
    TOLD,
)
from features.account.vector import NAMES
from features.population.vector import NAMES as POPULATION_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from detector.lake.rows import Rows


def tables_of(rows: Rows, name_of: Callable[[int], str], *, closing: bool) -> dict[str, pa.Table]:
    """Every table by its name; `name_of` gives the id of an account by its row in the ledger."""
    ids = _ids(rows, name_of)
    return {
        "accounts": _accounts(rows, ids, closing=closing),
        "populations": _populations(rows, closing=closing),
        "shares": _shares(rows, ids, closing=closing),
        "events": _events(rows, ids),
    }


def _ids(rows: Rows, name_of: Callable[[int], str]) -> dict[int, str]:
    """Ids by row, of the accounts in `rows`."""
    columns = (rows.accounts["account"], rows.shares["account"], rows.events["account"])
    return {number: name_of(number) for number in np.unique(np.concatenate(columns)).tolist()}


def _accounts(rows: Rows, ids: Mapping[int, str], *, closing: bool) -> pa.Table:
    found = rows.accounts
    ends = np.concatenate([[0], np.cumsum(found["parts"])]).astype(np.int32)
    parts = pa.StructArray.from_arrays(
        [pa.array(np.ascontiguousarray(rows.parts[field.name])) for field in layout.PART],
        fields=list(layout.PART),
    )
    columns = {
        **_when(found["end"], closing=closing),
        "account_id": _named(found["account"], ids),
        "number": found["account"],
        **{name: found[name] for name in TOLD},
        "requests": found["requests"],
        **_features(NAMES, found["vector"]),
        "parts": pa.ListArray.from_arrays(pa.array(ends), parts),
    }
    return _table(columns, ACCOUNTS)


def _populations(rows: Rows, *, closing: bool) -> pa.Table:
    found = rows.populations
    own = {name: found[name] for name in ("population", "number", "members", "requests", "shown")}
    columns = _when(found["end"], closing=closing) | own | _features(POPULATION_NAMES, found["vector"])
    return _table(columns, POPULATIONS)


def _shares(rows: Rows, ids: Mapping[int, str], *, closing: bool) -> pa.Table:
    counts = rows.populations["shares"]
    columns = {
        **_when(np.repeat(rows.populations["end"], counts), closing=closing),
        "population": np.repeat(rows.populations["population"], counts),
        "account_id": _named(rows.shares["account"], ids),
        "requests": rows.shares["requests"],
    }
    return _table(columns, SHARES)


def _events(rows: Rows, ids: Mapping[int, str]) -> pa.Table:
    shown = rows.shown["populations"]
    columns = {
        "end": pa.array(rows.shown["end"]).cast(END),
        "account_id": _named(rows.events["account"], ids),
        **{name: shown[:, at] for at, name in enumerate(layout.SHOWN)},
        **{name: rows.events[name] for name in FIELDS},
        **{SKETCH + name: _lists(rows.sketches[name]) for name in SKETCHED},
    }
    return _table(columns, EVENTS)


def _lists(values: NDArray[Any]) -> Any:
    """Values themselves; a row of several of them as a list."""
    if values.ndim == 1:
        return values
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])


def _when(ends: NDArray[np.int64], *, closing: bool) -> dict[str, Any]:
    return {
        "end": pa.array(np.ascontiguousarray(ends)).cast(END),
        "closing": np.full(len(ends), closing, dtype=np.bool_),
    }


def _features(names: Sequence[str], vectors: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return {PREFIX + name: vectors[:, at] for at, name in enumerate(names)}


def _named(numbers: NDArray[np.int32], ids: Mapping[int, str]) -> pa.Array:
    return pa.array([ids[number] for number in numbers.tolist()], pa.string())


def _table(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(np.ascontiguousarray(column))
        for column in columns.values()
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
