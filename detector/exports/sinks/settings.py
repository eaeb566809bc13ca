"""Settings of a sink, from what people write as KEY=VALUE, and to what is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.exports.errors import ExportError
from detector.exports.sinks.secrets import check_reference
from detector.exports.sinks.sink import SINK_KINDS, TARGETS, Notify, Selection, Sink, Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.exports.sinks.sink import SinkKind, Target

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LISTS: Final = ("kinds", "labels", "on")
_SELECTION: Final = frozenset(Selection.__struct_fields__)


def make_sink(name: str, kind: str, settings: Mapping[str, str], now: int) -> Sink:
    """Check everything that can be without asking anybody; raises `ExportError`."""
    if not _NAME.fullmatch(name):
        raise ExportError("name of the sink: write a to z, 0 to 9, - and _, at most 63 characters")
    if kind not in SINK_KINDS:
        raise ExportError(f"kind of the sink is not known; give one of {', '.join(SINK_KINDS)}")
    known = kind
    chosen = {key: _listed(key, value) for key, value in settings.items() if key in _SELECTION}
    said = {key: value for key, value in settings.items() if key not in _SELECTION}
    target: Target = _converted(name, said, TARGETS[known])
    _check(target)
    return Sink(name, known, target, _converted(name, chosen, Selection), now)


def encoded(sink: Sink) -> bytes:
    """As stored."""
    return msgspec.json.encode({"target": sink.target, "selection": sink.selection})


def decoded(name: str, kind: SinkKind, settings: bytes, created: int, ended: int | None) -> Sink:
    """What was stored; raises `ExportError` where another release wrote it."""
    stored: dict[str, Any] = msgspec.json.decode(settings)
    target: Target = _converted(name, stored["target"], TARGETS[kind])
    return Sink(name, kind, target, _converted(name, stored["selection"], Selection), created, ended)


def shown(sink: Sink) -> dict[str, str]:
    """Settings as people wrote them."""
    said = msgspec.to_builtins(sink.target) | msgspec.to_builtins(sink.selection)
    return {
        key: ",".join(value) if key in _LISTS else str(value) for key, value in said.items() if value != ""
    }


def _listed(key: str, value: str) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if key in _LISTS else value


def _converted(name: str, said: Mapping[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(said, kind, strict=False)
    except msgspec.ValidationError as error:
        fields = ", ".join(sorted({*kind.__struct_fields__, *_SELECTION}))
        raise ExportError(f"sink {name}: {error}; settings are {fields}") from None


def _check(target: Target) -> None:
    if isinstance(target, Webhook):
        check_reference("secret", target.secret)
        if not re.match(r"https?://[^/?#@\s]+(?:[/?]|\Z)", target.url):
            raise ExportError("url of the webhook: write https://HOST/PATH, without a user's name")
    if isinstance(target, Notify):
        check_reference("url", target.url)
