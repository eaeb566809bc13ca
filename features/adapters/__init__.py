"""Log formats: each adapter turns raw records into the same columns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from features.adapters.accounts import DEFAULT_ACCOUNT_FROM, AccountField
from features.adapters.base import MAX_RECORD_BYTES, Adapter
from features.adapters.block import BlockDecoder
from features.adapters.canonical import CanonicalAdapter
from features.adapters.detect import FORMATS, FormatError, detect_format
from features.adapters.envoy import envoy_event
from features.adapters.foreign import EventReader, ForeignAdapter
from features.adapters.helicone import helicone_event
from features.adapters.kong import kong_event
from features.adapters.langfuse import langfuse_event
from features.adapters.litellm import LiteLLMAdapter
from features.adapters.openai import pair_event
from features.adapters.otlp import OTLPAdapter
from features.adapters.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from features.hashing import HashKey
    from features.text.edge import EdgeVersion

__all__ = [
    "DEFAULT_ACCOUNT_FROM",
    "FORMATS",
    "MAX_RECORD_BYTES",
    "REASONS",
    "AccountField",
    "Adapter",
    "FormatError",
    "detect_format",
    "make_adapter",
]

_EVENTS: Final[Mapping[str, EventReader]] = MappingProxyType(
    {
        "openai": pair_event,
        "envoy": envoy_event,
        "kong": kong_event,
        "langfuse": langfuse_event,
        "helicone": helicone_event,
    }
)


def make_adapter(
    name: str,
    key: HashKey,
    *,
    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM,
    limit: int = MAX_RECORD_BYTES,
    edge: EdgeVersion | None = None,
) -> Adapter:
    """The adapter of the format `name`; `account_from` matters to formats that carry several account ids.

    Sketches made at the edge are accepted when they were made for `edge`.

    Raises `FormatError` for a name that is none of `FORMATS`.
    """
    blocks = BlockDecoder(key, limit, edge)
    if name == CanonicalAdapter.name:
        return CanonicalAdapter(blocks)
    if name == LiteLLMAdapter.name:
        return LiteLLMAdapter(blocks, account_from)
    if name == OTLPAdapter.name:
        return OTLPAdapter(blocks, account_from)
    if name in _EVENTS:
        return ForeignAdapter(name, blocks, _EVENTS[name], account_from)
    raise FormatError(f"format {name!r} is not known; choose with --format, one of {', '.join(FORMATS)}")
