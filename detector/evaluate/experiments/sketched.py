"""A log as a gateway writes it that keeps its text: a sketch from our kernel in place of what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.truth import WorldError
from features.adapters import detect_format, make_adapter
from features.adapters.canonical import CanonicalAdapter
from streaming.files import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from detector.evaluate.experiments.rewrite import Change
    from detector.replay import Replay
    from features.adapters import Adapter
    from features.batch import EventBatch

TEXT: Final = frozenset({"messages", "response"})

_NULL: Final = b"null"


def check_canonical(paths: Sequence[str]) -> None:
    """Raise `WorldError` for a log of another format: only the canonical one has a field for a sketch."""
    for path in paths:
        first = next(open_source([path]).blocks(), None)
        found = CanonicalAdapter.name if first is None else detect_format(first.records)
        if found != CanonicalAdapter.name:
            raise WorldError(f"{path}: format {found} has no field for a sketch; name a canonical log")


def sketched(replay: Replay) -> Change:
    """Replaces the text of canonical events by the sketch that `replay` would make of it."""
    reading = replay.reading
    adapter = make_adapter(
        CanonicalAdapter.name, reading.key, account_from=reading.account_from, edge=reading.edge
    )

    def change(records: Sequence[bytes]) -> Iterable[bytes]:
        return _sketched(records, adapter, replay)

    return change


def _sketched(records: Sequence[bytes], adapter: Adapter, replay: Replay) -> Iterator[bytes]:
    decoded = adapter.decode(records, replay.reading.latest)
    rejected = {complaint.line for complaint in decoded.rejected}
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    encode = msgspec.json.Encoder().encode
    sketches = _sketches(decoded.batch, replay)
    for line, record in enumerate(records):
        # What is rejected with its text would be without it, too, and lifecycle records have none.
        values = {} if line in rejected else decoder.decode(record)
        is_event = bool(values) and bytes(values.get("kind", _NULL)) == _NULL
        yield encode(_withheld(values, next(sketches))) if is_event else record


def _sketches(batch: EventBatch, replay: Replay) -> Iterator[dict[str, Any] | None]:
    """The sketch of each event; None where there was no text, or where it came with one."""
    rows = replay.kernel.sketch(batch.parts)
    needed = (rows["present"] == 1) & ~batch.sketched
    for sketch, is_needed in zip(replay.reading.edge.encode(rows), needed, strict=True):
        yield sketch if is_needed else None


def _withheld(values: dict[str, msgspec.Raw], sketch: dict[str, Any] | None) -> dict[str, Any]:
    kept: dict[str, Any] = {name: value for name, value in values.items() if name not in TEXT}
    return kept if sketch is None else kept | {"sketch": sketch}
