"""Columns of a Parquet file as values that JSON has, whatever they hold and however deep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_UTC: Final = pa.timestamp("us", "UTC")
_FIRST: Final = pa.scalar(datetime(1, 1, 2, tzinfo=UTC), _UTC).cast(pa.int64())
_LAST: Final = pa.scalar(datetime(9999, 12, 30, tzinfo=UTC), _UTC).cast(pa.int64())
_HUGE: Final = 1e300
_DAY: Final = 86_400_000_000
# Some writers mark no column as text, so that bytes are taken for one.
_TEXTS: Final = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def plain(column: Any) -> Any:
    """The values of `column` as Python can hold and JSON can tell them; times are UTC, of microseconds."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return column if isinstance(kind, pa.UuidType) else plain(column.storage)
    if pa.types.is_dictionary(kind):
        return plain(column.dictionary_decode())
    if pa.types.is_nested(kind):
        return _nested(column)
    if any(is_text(kind) for is_text in _TEXTS):
        return _text(column)
    if pa.types.is_floating(kind):
        return _number(column)
    return _clock(column) if pa.types.is_temporal(kind) else column


def pairs_of(column: Any) -> Any:
    """The maps of `column` as lists of structures, of which Arrow can do more."""
    kind = column.type
    return column.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))


def has_bytes(kind: Any) -> bool:
    """Whether `plain` left bytes that are no text in a column of `kind`, at any depth."""
    parts = (kind.field(index) for index in range(kind.num_fields))
    return pa.types.is_large_binary(kind) or any(has_bytes(part.type) for part in parts)


def _text(column: Any) -> Any:
    data = column.cast(pa.large_binary())
    try:
        return data.cast(pa.large_string())
    except pa.ArrowInvalid:  # a text in it is not UTF-8
        return data


def _number(column: Any) -> Any:
    # JSON has no infinity; so large a number is beyond the limits of every field, and its row is rejected.
    infinite = pc.is_inf(column)
    return pc.if_else(infinite, _HUGE, column.cast(pa.float64())) if pc.any(infinite).as_py() else column


def _nested(column: Any) -> Any:
    kind = column.type
    if pa.types.is_map(kind):
        ends, told = _lists(pairs_of(column))
        return pa.MapArray.from_arrays(ends, told.field(0), told.field(1), mask=column.is_null())
    if not pa.types.is_struct(kind):
        return pa.ListArray.from_arrays(*_lists(column), mask=column.is_null())
    # of two parts with one name the last counts, as in JSON
    parts = {part.name: plain(column.field(index)) for index, part in enumerate(kind)}
    return pa.StructArray.from_arrays(list(parts.values()), list(parts), mask=column.is_null())


def _lists(column: Any) -> tuple[Any, Any]:
    """Where each list of `column` begins and the last one ends, and the values of all, plain."""
    lengths = pc.list_value_length(column).fill_null(0).to_numpy()
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32()), plain(column.flatten())


def _clock(column: Any) -> Any:
    # sub-microsecond digits are dropped: an event is timed in milliseconds
    kind = column.type
    if pa.types.is_timestamp(kind):
        times = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(_UTC)
        return _held(times.cast(pa.int64()), 1).cast(_UTC)
    if pa.types.is_date(kind):
        days = column.cast(pa.date32(), safe=False).cast(pa.int32())
        return _held(days.cast(pa.int64()), _DAY).cast(pa.int32()).cast(pa.date32())
    if pa.types.is_duration(kind):
        return column.cast(pa.duration("us"), safe=False)
    return column.cast(pa.time64("us"), safe=False) if pa.types.is_time64(kind) else column


def _held(times: Any, unit: int) -> Any:
    # What Python has no time for is no event's; at the ends of its calendar the row is rejected by itself.
    first, last = pc.divide(_FIRST, unit), pc.divide(_LAST, unit)
    later = pc.max_element_wise(times, first, skip_nulls=False)
    return pc.min_element_wise(later, last, skip_nulls=False)
