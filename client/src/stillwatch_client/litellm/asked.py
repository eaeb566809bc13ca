"""What a client asked for, from the guard that took it out of the request to the logger that reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stillwatch_client.litellm.values import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY: Final = "stillwatch_asked"
_BUCKETS: Final = ("metadata", "litellm_metadata")
"""where LiteLLM keeps what goes with a request; the second on some routes"""


class Asked(dict[str, Any]):
    """Of a type that no client can send: what is only called the same in its metadata is not believed."""


def with_asked(data: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The request, with what was asked in its metadata."""
    bucket = _BUCKETS[1] if _BUCKETS[1] in data else _BUCKETS[0]
    return {**data, bucket: {**mapping(data.get(bucket)), _ENTRY: Asked(parameters)}}


def asked_of(litellm_params: Mapping[str, Any]) -> dict[str, Any]:
    """What the guard noted; empty where it took nothing out."""
    found = (mapping(litellm_params.get(bucket)).get(_ENTRY) for bucket in _BUCKETS)
    return next((asked for asked in found if isinstance(asked, Asked)), Asked())
