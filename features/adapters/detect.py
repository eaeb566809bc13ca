"""Which log format a file holds, told from the keys of its first records."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.adapters.appearance import appearance
from features.adapters.mending import decode_lenient
from features.adapters.reasons import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import KeysView, Sequence

_EVIDENCE: Final = (
    ("otlp", ({"resourceSpans"}, {"traceId", "spanId", "startTimeUnixNano"})),
    ("kong", ({"request", "started_at", "latencies"}, {"request", "started_at", "ai"})),
    (
        "helicone",
        (
            {"request_id", "request_created_at"},
            {"request_id", "request_body", "response_body"},
        ),
    ),
    (
        "langfuse",
        (
            {"id", "type", "trace_id", "start_time"},
            {"id", "type", "traceId", "startTime"},
            {"id", "type", "timestamp", "body"},
        ),
    ),
    (
        "envoy",
        (
            {"start_time", "gen_ai.request.model"},
            {"start_time", "response_code", "duration"},
            {"start_time", "response_code", "x-request-id"},
        ),
    ),
    ("openai", ({"request", "response"}, {"request", "account_id"})),
    (
        "canonical",
        ({"event_id", "time", "account_id"}, {"kind", "time", "account_id"}, {"kind", "time", "model"}),
    ),
    (
        "litellm",
        (
            {"id", "startTime", "metadata"},
            {"litellm_call_id", "startTime"},
            {"startTime", "custom_llm_provider", "model_parameters"},
        ),
    ),
)
"""For each format, sets of keys. A record speaks for the first format of which it has all of one set."""

FORMATS: Final = ("canonical", "litellm", "otlp", "openai", "envoy", "kong", "langfuse", "helicone")

_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])


class FormatError(ValueError):
    """No format, or no single one, was recognised; says which there are and how to choose."""


def detect_format(records: Sequence[bytes]) -> str:
    """The format that most of `records` speak for; raises `FormatError` where none or two are equal.

    Records that speak for none, broken ones among them, have no say.
    """
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    votes = Counter(name for record in records if (name := _format_of(record, decoder)) is not None)
    ranked = votes.most_common(2)
    if not ranked:
        seen = f": {looks}; or" if (looks := appearance(records)) else ";"
        raise FormatError(f"none of the first {len(records)} records is of a known format{seen} {_remedy()}")
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        raise FormatError(f"records speak equally for {ranked[0][0]} and {ranked[1][0]}; {_remedy()}")
    return ranked[0][0]


def _format_of(record: bytes, decoder: msgspec.json.Decoder[dict[str, msgspec.Raw]]) -> str | None:
    try:
        keys = _keys(record, decoder)
    except UNREADABLE:
        return None
    return next((name for name, signs in _EVIDENCE if any(sign <= keys for sign in signs)), None)


def _keys(record: bytes, decoder: msgspec.json.Decoder[dict[str, msgspec.Raw]]) -> KeysView[str]:
    try:
        return decoder.decode(record).keys()
    except msgspec.MsgspecError:
        return decode_lenient(record, _OBJECT).keys()


def _remedy() -> str:
    return f"choose with --format, one of {', '.join(FORMATS)}"
