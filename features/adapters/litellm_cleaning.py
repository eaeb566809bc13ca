"""Nulls for what makes no sense among what a client wrote into a LiteLLM payload.

A provider may take what we cannot type, a temperature in quotes for one: that must be no way out of the log.
What the gateway itself writes is kept to: there nonsense is a fault of its log, which is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.adapters.block import whole_numbers
from features.adapters.litellm_payload import Metadata, ModelParameters, Payload
from features.adapters.mending import finite
from features.contract import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

_OF_PAYLOAD: Final = ("messages", "response", "end_user", "session_id", "trace_id", "user_agent", "stream")
_OF_METADATA: Final = ("requester_custom_headers", "user_api_key_end_user_id", "user_agent")


def cleaned(payload: Any) -> Any:
    """The payload of a record as JSON gives it, with nothing in a client's fields that has no type."""
    if not isinstance(payload, dict):
        return payload
    told: dict[str, Any] = whole_numbers(payload)
    if isinstance(told.get("messages"), list):
        told["messages"] = [
            one for one in finite(told["messages"]) if _fits(one, Message | str | int | list[int])
        ]
    _clean(told, Payload, _OF_PAYLOAD)
    if isinstance(told.get("metadata"), dict):
        _clean(told["metadata"], Metadata, _OF_METADATA)
    parameters = told.get("model_parameters")
    if isinstance(parameters, dict):
        _clean(parameters, ModelParameters, ModelParameters.__struct_fields__)
    elif parameters is not None:
        told["model_parameters"] = None
    return told


def _clean(values: dict[str, Any], struct: type[msgspec.Struct], names: Iterable[str]) -> None:
    types = {one.name: one.type for one in msgspec.structs.fields(struct)}
    for name in names:
        if name in values:
            value = _plain(finite(values[name]), types[name])
            values[name] = value if _fits(value, types[name]) else None


def _plain(value: Any, kind: Any) -> Any:
    """A text for the number or truth that it is: so some providers take it, too."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return value


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True
