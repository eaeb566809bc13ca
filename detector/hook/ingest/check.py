"""Records into events, the bad ones apart with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from features.adapters.base import RecordError
from features.adapters.block import CHUNK, Check, read_fast
from features.adapters.reasons import UNREADABLE, explain
from features.batch import Lifecycle
from features.contract import UsageEvent

if TYPE_CHECKING:
    from detector.hook.ingest.records import Records
    from features.adapters.block import RecordReader

Event: TypeAlias = UsageEvent | Lifecycle


class Refused(msgspec.Struct, frozen=True):
    """A record that was not taken. Nothing here quotes it."""

    line: int
    """line of the body, or number in its array, from 1"""
    reason: str
    """one of `features.adapters.REASONS`"""
    field: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Every record is in one of the two."""

    good: list[tuple[bytes, Event]]
    """each with the record that it was read from"""
    places: list[int]
    """of the good ones: line of the body, or number in its array, from 1"""
    refused: list[Refused]


def checked(found: Records, reader: RecordReader, check: Check) -> Checked:
    """Read all records: a chunk at a time where it is good, one by one where it is not."""
    good: list[tuple[bytes, Event]] = []
    places: list[int] = []
    refused: list[Refused] = []
    for start in range(0, len(found.records), CHUNK):
        records = found.records[start : start + CHUNK]
        events = read_fast(records, reader, check)
        if events is not None:
            good += zip(records, events, strict=True)
            places += found.places[start : start + CHUNK]
            continue
        for place, record in zip(found.places[start : start + CHUNK], records, strict=True):
            one = _read(record, reader, check)
            if isinstance(one, RecordError):
                refused.append(explained(place, one.reason, one.detail))
            else:
                good.append((record, one))
                places.append(place)
    return Checked(good, places, refused)


def explained(line: int, reason: str, detail: str) -> Refused:
    """Take a detail apart, which says `field: complaint; remedy`."""
    field, _, rest = detail.partition(": ")
    complaint, _, remedy = rest.rpartition("; ")
    return Refused(
        line, reason, field, complaint or rest, remedy if complaint else "correct it at its source"
    )


def _read(record: bytes, reader: RecordReader, check: Check) -> Event | RecordError:
    try:
        check.size(record)
        event = reader.read(record)
        if isinstance(event, UsageEvent):
            check.event(event)
    except RecordError as error:
        return error
    except UNREADABLE as error:
        return explain(error)
    return event
