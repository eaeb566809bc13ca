"""A block of records into columns: all at once where every record is good, one by one where one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from features.adapters.base import RecordError
from features.adapters.reasons import UNREADABLE, explain, too_large
from features.batch import Decoded, Lifecycle, Rejected
from features.columns import BatchBuilder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features.contract import UsageEvent
    from features.hashing import HashKey

CHUNK: Final = 256
"""Records decoded before they become columns: few enough that their objects are still in the cache."""

T = TypeVar("T")


class RecordReader(Protocol):
    """How one format is read; `read_all` is the fast path of `read`."""

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all events; raises `RecordError` or one of `UNREADABLE` at the first not."""
        ...

    def read(self, record: bytes) -> UsageEvent | Lifecycle:
        """Read one record; raises `RecordError` or one of `UNREADABLE`."""
        ...


def decode_block(records: Sequence[bytes], reader: RecordReader, limit: int, key: HashKey) -> Decoded:
    """Decode `records`; those longer than `limit` bytes are rejected unread."""
    batch = BatchBuilder(len(records), key)
    lifecycle: list[Lifecycle] = []
    rejected: list[Rejected] = []
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        events = _read_fast(chunk, reader, limit)
        if events is None:
            events = _read_slow(chunk, start, reader, limit, lifecycle, rejected)
        batch.add(events)
    return Decoded(batch.finish(), lifecycle, rejected, len(records))


def _read_fast(records: Sequence[bytes], reader: RecordReader, limit: int) -> list[UsageEvent] | None:
    if max(map(len, records)) > limit:
        return None
    try:
        return reader.read_all(records)
    except (RecordError, *UNREADABLE):
        return None


def _read_slow(
    records: Sequence[bytes],
    start: int,
    reader: RecordReader,
    limit: int,
    lifecycle: list[Lifecycle],
    rejected: list[Rejected],
) -> list[UsageEvent]:
    events: list[UsageEvent] = []
    for line, record in enumerate(records, start):
        try:
            if len(record) > limit:
                raise too_large(len(record), limit)
            found = reader.read(record)
        except RecordError as error:
            rejected.append(Rejected(line, error.reason, error.detail))
        except UNREADABLE as error:
            said = explain(error)
            rejected.append(Rejected(line, said.reason, said.detail))
        else:
            if isinstance(found, Lifecycle):
                lifecycle.append(found)
            else:
                events.append(found)
    return events


def decode_tolerant(record: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a record in which integers may be written as 256.0, as tools with float columns do."""
    try:
        return decoder.decode(record)
    except msgspec.ValidationError:
        whole = _whole_numbers(msgspec.json.decode(record))
        return msgspec.convert(whole, decoder.type)


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value
