"""What is stored of an event: its record as it came, the canonical record, or one without its text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from msgspec.structs import astuple, replace

from features.batch import Lifecycle
from features.contract import UsageEvent
from features.messages import text_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.hook.ingest.check import Event
    from features.text.edge import EdgeVersion
    from features.text.kernel import TextKernel

Keyed = list[tuple[str, bytes]]
"""records with what keeps its order: the account, or the model of a release"""

_FIELDS: Final = UsageEvent.__struct_fields__
_ENCODER: Final = msgspec.json.Encoder()
_SKETCH_FIELDS: Final = ("v", "kernel", "weights", "key", "data")


class Form(Protocol):
    """Makes canonical records, which `stillwatch run` reads, out of events."""

    def records(self, good: Sequence[tuple[bytes, Event]]) -> Keyed:
        """One for each event, in their order."""
        ...


class AsSent:
    """Keeps canonical records as they are."""

    def records(self, good: Sequence[tuple[bytes, Event]]) -> Keyed:
        """As `Form.records`."""
        return [(key_of(event), record) for record, event in good]


class Canonical:
    """Writes events of a foreign format as canonical records."""

    def records(self, good: Sequence[tuple[bytes, Event]]) -> Keyed:
        """As `Form.records`."""
        return [(key_of(event), canonical_record(event)) for _, event in good]


class Sketched:
    """Writes canonical records that hold a sketch in place of any text.

    Only fields of the contract are written, so that text in a field that nobody knows stays behind, too.
    """

    def __init__(self, kernel: TextKernel, edge: EdgeVersion) -> None:
        """The kernel and what it is called on the wire."""
        self._kernel = kernel
        self._edge = edge

    def records(self, good: Sequence[tuple[bytes, Event]]) -> Keyed:
        """As `Form.records`."""
        events = [event for _, event in good if isinstance(event, UsageEvent)]
        sketches = iter(self._sketches(events))
        kept = [
            without_text(event, next(sketches)) if isinstance(event, UsageEvent) else event
            for _, event in good
        ]
        return [(key_of(event), canonical_record(event)) for event in kept]

    def _sketches(self, events: Sequence[UsageEvent]) -> list[dict[str, Any] | None]:
        names = ("messages", "response", "sketch")
        rows = self._kernel.sketch(
            text_parts({name: [getattr(event, name) for event in events] for name in names})
        )
        made = self._edge.encode(rows)
        return [
            _known(event.sketch) if event.sketch is not None else sketch if present else None
            for event, sketch, present in zip(events, made, rows["present"], strict=True)
        ]


def key_of(event: Event) -> str:
    """What keeps its order."""
    return event.subject if isinstance(event, Lifecycle) else event.account_id or ""


def canonical_record(event: Event) -> bytes:
    """One line of JSON without its line break; fields that are absent are left out."""
    if isinstance(event, Lifecycle):
        subject = "model" if event.kind == "model_release" else "account_id"
        time = datetime.fromtimestamp(event.time / 1000, UTC)
        return _ENCODER.encode({"kind": event.kind, "time": time, subject: event.subject})
    fields = zip(_FIELDS, astuple(event), strict=True)
    return _ENCODER.encode({name: value for name, value in fields if value is not None})


def without_text(event: UsageEvent, sketch: dict[str, Any] | None) -> UsageEvent:
    """The event with a sketch for its messages and answer. Of a response format stays that there was one."""
    formatted: dict[str, Any] | None = None if event.response_format is None else {}
    return replace(event, messages=None, response=None, response_format=formatted, sketch=sketch)


def _known(sketch: dict[str, Any]) -> dict[str, Any]:
    return {name: sketch[name] for name in _SKETCH_FIELDS}
