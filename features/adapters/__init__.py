"""Log formats: each adapter turns raw records into the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.adapters.base import MAX_RECORD_BYTES, Adapter
from features.adapters.block import BlockDecoder
from features.adapters.canonical import CanonicalAdapter
from features.adapters.detect import FORMATS, FormatError, detect_format
from features.adapters.litellm import DEFAULT_ACCOUNT_FROM, AccountField, LiteLLMAdapter
from features.adapters.reasons import REASONS

if TYPE_CHECKING:
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
    raise FormatError(f"format {name!r} is not known; choose with --format, one of {', '.join(FORMATS)}")
