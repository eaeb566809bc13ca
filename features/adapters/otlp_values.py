"""OTLP's JSON form of spans, as structures; and attribute values as plain ones (opentelemetry-proto 1.x)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Values(msgspec.Struct, frozen=True):
    """`ArrayValue`."""

    values: list[AnyValue] = []


class Pairs(msgspec.Struct, frozen=True):
    """`KeyValueList`."""

    values: list[KeyValue] = []


class AnyValue(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One of its fields is set, or none; 64-bit integers are written as text."""

    string_value: str | None = None
    bool_value: bool | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    array_value: Values | None = None
    kvlist_value: Pairs | None = None


class KeyValue(msgspec.Struct, frozen=True):
    """An attribute."""

    key: str = ""
    value: AnyValue | None = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened during a span."""

    name: str = ""
    attributes: list[KeyValue] = []


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a span ended: 0 unset, 1 ok, 2 error, also written as the name of its enumerator."""

    code: int | str = 0


class Resource(msgspec.Struct, frozen=True, omit_defaults=True):
    """What emitted a span."""

    attributes: list[KeyValue] = []


class Span(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A span; `resource` is ours, so that a span can stand alone on a line."""

    trace_id: str | None = None
    span_id: str | None = None
    start_time_unix_nano: int | str | None = None
    end_time_unix_nano: int | str | None = None
    attributes: list[KeyValue] = []
    events: list[Event] = []
    status: Status | None = None
    resource: Resource | None = None


def plain(value: AnyValue | None) -> Any:
    """The value in Python's own types; bytes are left out."""
    if value is None:
        return None
    if value.string_value is not None:
        return value.string_value
    if value.array_value is not None:
        return [plain(item) for item in value.array_value.values]
    if value.kvlist_value is not None:
        return attributes(value.kvlist_value.values)
    if value.bool_value is not None:
        return value.bool_value
    number = value.int_value if value.int_value is not None else value.double_value
    return _number(number) if isinstance(number, str) else number


def attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes by key."""
    return {pair.key: plain(pair.value) for pair in pairs}


def _number(text: str) -> int | float | str:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
