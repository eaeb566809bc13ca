"""Which log format a file holds, told from the keys of its first records."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from features.adapters.reasons import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVIDENCE: Final = MappingProxyType(
    {
        "canonical": (
            frozenset({"event_id", "time", "account_id"}),
            frozenset({"kind", "time", "account_id"}),
            frozenset({"kind", "time", "model"}),
        ),
        "litellm": (
            frozenset({"id", "startTime", "metadata"}),
            frozenset({"litellm_call_id", "startTime"}),
            frozenset({"startTime", "custom_llm_provider", "model_parameters"}),
        ),
    }
)
"""For each format, sets of keys: a record that has all of one set speaks for the format."""

FORMATS: Final = tuple(_EVIDENCE)


class FormatError(ValueError):
    """No format, or no single one, was recognised; says which there are and how to choose."""


def detect_format(records: Sequence[bytes]) -> str:
    """The format that most of `records` speak for; raises `FormatError` where none or two are equal.

    Records that speak for none, broken ones among them, have no say.
    """
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    votes = Counter(name for record in records for name in _formats_of(record, decoder))
    ranked = votes.most_common(2)
    if not ranked:
        raise FormatError(f"none of the first {len(records)} records is of a known format; {_remedy()}")
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        raise FormatError(f"records speak equally for {ranked[0][0]} and {ranked[1][0]}; {_remedy()}")
    return ranked[0][0]


def _formats_of(record: bytes, decoder: msgspec.json.Decoder[dict[str, msgspec.Raw]]) -> list[str]:
    try:
        keys = decoder.decode(record).keys()
    except UNREADABLE:
        return []
    return [name for name, signs in _EVIDENCE.items() if any(sign <= keys for sign in signs)]


def _remedy() -> str:
    return f"choose with --format, one of {', '.join(FORMATS)}"
