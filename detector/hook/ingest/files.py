"""Logs in files, without their text: what the ingest does in sketch mode, for whoever ships files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from detector.hook.ingest.assembly import reader_of
from detector.hook.ingest.check import Checked, checked, explained
from detector.hook.ingest.forms import Sketched
from detector.hook.ingest.records import Records
from features.adapters import FormatError, detect_format
from features.adapters.base import RecordError
from features.adapters.block import Check
from features.adapters.otlp_export import looks_like_export, split_export

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detector.compose import Intake
    from detector.hook.ingest.check import Refused
    from detector.hook.ingest.settings import IngestSettings
    from streaming.source import Block

_SAMPLE: Final = 1024
_OTLP: Final = "otlp"


@dataclass(slots=True)
class Tally:
    """What became of records."""

    written: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """by reason"""
    first: dict[str, Refused] = field(default_factory=dict)
    """the first of each reason"""


def sketched(
    blocks: Iterator[Block], intake: Intake, settings: IngestSettings, now: int, tally: Tally
) -> Iterator[list[bytes]]:
    """Canonical records with sketches in place of text, block by block; `tally` is kept up to date.

    Raises `FormatError` where nothing says a format, and whatever reading `blocks` does.
    """
    first = next(blocks, None)
    if first is None:
        return
    kind = intake.reading.format or _detected(first)
    reader = reader_of(kind, intake, settings)
    latest = datetime.fromtimestamp((now + settings.ahead) / 1000, UTC)
    check = Check(settings.record_bytes, latest, intake.reading.edge)
    form = Sketched(intake.kernel, intake.reading.edge)
    for block in chain([first], blocks):
        found = Records(block.records, block.positions)
        broken: list[Refused] = []
        if kind == _OTLP:
            found, broken = _spans(found)
        result = checked(found, reader, check)
        records = form.records(result.good)
        _count(tally, result, broken)
        yield [record for _, record in records]


def _detected(block: Block) -> str:
    try:
        return detect_format(block.records[:_SAMPLE])
    except FormatError as error:
        raise FormatError(f"{block.origin}: {error}") from None


def _spans(found: Records) -> tuple[Records, list[Refused]]:
    """Spans of exports, each at the line of its export, and the exports that cannot be read."""
    records: list[bytes] = []
    places: list[int] = []
    broken: list[Refused] = []
    for place, record in zip(found.places, found.records, strict=True):
        try:
            spans = split_export(record).records if looks_like_export(record) else [record]
        except RecordError as error:
            broken.append(explained(place, error.reason, error.detail))
            continue
        records += spans
        places += [place] * len(spans)
    return Records(records, places), broken


def _count(tally: Tally, result: Checked, broken: Iterable[Refused]) -> None:
    tally.written += len(result.good)
    for one in chain(broken, result.refused):
        tally.refused[one.reason] += 1
        tally.first.setdefault(one.reason, one)
