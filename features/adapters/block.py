"""A block of records into columns: all at once where every record is good, one by one where one is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from features.adapters.base import RecordError
from features.adapters.mending import decode_lenient, mended, shallow
from features.adapters.reasons import UNREADABLE, explain, field_error, from_future, too_large
from features.batch import Decoded, Lifecycle, Rejected
from features.columns import BatchBuilder

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from datetime import datetime

    from features.contract import UsageEvent
    from features.hashing import HashKey
    from features.text.edge import EdgeVersion

CHUNK: Final = 256
"""Records decoded before they become columns: few enough that their objects are still in the cache."""

T = TypeVar("T", bound=msgspec.Struct)

_ANY: Final = msgspec.json.Decoder(Any)
_RAW: Final = msgspec.json.Decoder(msgspec.Raw)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class RecordReader(Protocol):
    """How one format is read; `read_all` is the fast path of `read`."""

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all events; raises `RecordError` or one of `UNREADABLE` at the first not."""
        ...

    def read(self, record: bytes) -> UsageEvent | Lifecycle:
        """Read one record; raises `RecordError` or one of `UNREADABLE`."""
        ...


@dataclass(frozen=True, slots=True)
class BlockDecoder:
    """How blocks of any format become columns."""

    key: HashKey
    limit: int
    """records longer than this many bytes are rejected unread"""
    edge: EdgeVersion | None = None
    """None: no sketch made at the edge is accepted"""

    def decode(self, records: Sequence[bytes], reader: RecordReader, latest: datetime) -> Decoded:
        """Decode `records`; an event that starts after `latest` is rejected."""
        return self.decode_lines(records, reader, latest)[0]

    def decode_lines(
        self, records: Sequence[bytes], reader: RecordReader, latest: datetime
    ) -> tuple[Decoded, list[int]]:
        """As `decode`, and which record each event was."""
        batch = BatchBuilder(len(records), self.key, self.edge)
        lifecycle: list[Lifecycle] = []
        rejected: list[Rejected] = []
        lines: list[int] = []
        check = Check(self.limit, latest, self.edge)
        for start in range(0, len(records), CHUNK):
            chunk = records[start : start + CHUNK]
            events = read_fast(chunk, reader, check)
            if events is None:
                events = _read_slow(chunk, start, reader, check, lifecycle, rejected, lines)
            else:
                lines += range(start, start + len(chunk))
            batch.add(events)
        return Decoded(batch.finish(), lifecycle, rejected, len(records)), lines


@dataclass(frozen=True, slots=True)
class Check:
    """What every record must pass, whatever its format."""

    limit: int
    latest: datetime
    edge: EdgeVersion | None

    def size(self, record: bytes) -> None:
        """Raise `RecordError` for a record that is too long."""
        if len(record) > self.limit:
            raise too_large(len(record), self.limit)

    def event(self, event: UsageEvent) -> None:
        """Raise `RecordError` for an event from the future, or with a sketch that cannot be used."""
        if event.time is not None and event.time > self.latest:
            raise from_future()
        if event.sketch is not None:
            complaint = (
                "none is accepted here; send text" if self.edge is None else self.edge.complaint(event.sketch)
            )
            if complaint is not None:
                raise RecordError("bad_sketch", f"sketch: {complaint}")


def read_fast(records: Sequence[bytes], reader: RecordReader, check: Check) -> list[UsageEvent] | None:
    """Read one record or more at once; None where one is bad or no event: each is then read by itself."""
    try:
        check.size(max(records, key=len))
        events = reader.read_all(records)
        for event in events:
            check.event(event)
    except (RecordError, *UNREADABLE):
        return None
    return events


def _read_slow(
    records: Sequence[bytes],
    start: int,
    reader: RecordReader,
    check: Check,
    lifecycle: list[Lifecycle],
    rejected: list[Rejected],
    lines: list[int],
) -> list[UsageEvent]:
    events: list[UsageEvent] = []
    for line, record in enumerate(records, start):
        try:
            check.size(record)
            found = reader.read(record)
            if not isinstance(found, Lifecycle):
                check.event(found)
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
                lines.append(line)
    return events


def decode_tolerant(record: bytes, decoder: msgspec.json.Decoder[T], of_client: Container[str] = ()) -> T:
    """Decode a record in which integers may be written as 256.0, as tools with float columns do.

    It is mended first where a client wrote halves of characters into it. Fields that nobody knows are left
    out, as the decoder itself does. Fields `of_client` may hold numbers beyond any type: these become null.
    """
    try:
        return decoder.decode(record)
    except msgspec.MsgspecError:
        # What is no JSON is told so before what is no object.
        fields = _FIELDS.decode(_RAW.decode(shallow(mended(record))))
    known = {one.encode_name for one in msgspec.structs.fields(decoder.type)}
    told = {name: _value(name, raw, of_client) for name, raw in fields.items() if name in known}
    return msgspec.convert(told, decoder.type)


def _value(name: str, raw: msgspec.Raw, of_client: Container[str]) -> Any:
    try:
        return whole_numbers(msgspec.json.decode(raw))
    except msgspec.ValidationError:
        if name in of_client:
            # That there is a value counts, too: the fast reader knows no more of it.
            found = decode_lenient(bytes(raw), _ANY)
            return {} if found is None else whole_numbers(found)
        # Without a type nothing else can be wrong with a value that was found to be JSON.
        raise field_error("out_of_range", name, "Number out of range") from None


def whole_numbers(value: Any) -> Any:
    """The value with integers for the numbers in it that are whole."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return value
