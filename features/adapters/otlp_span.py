"""A span of OpenTelemetry's GenAI conventions as a usage event.

Names are those of the semantic conventions (repository semantic-conventions-genai, 2026), their aliases up to
1.36, LiteLLM's additions (1.109) and OpenInference's. What none of them knows is taken from `stillwatch.*`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.facts import ATTRIBUTES, client_facts
from features.adapters.otlp_kinds import is_request
from features.adapters.otlp_messages import Events, finish_reason, input_messages, output_text
from features.adapters.otlp_names import by_meaning
from features.adapters.otlp_parameters import parameters
from features.adapters.otlp_values import Span, attributes
from features.adapters.reasons import missing, not_a_request
from features.adapters.values import between, count, millis, name, required_epoch, required_name, status, text
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

_NANO: Final = 1_000_000_000
_SECOND: Final = 1000.0
_ERROR: Final = (2, "STATUS_CODE_ERROR")
_NO_ACCOUNT: Final = (
    "have the gateway set user.id or stillwatch.account_id on its spans, or the collector copy it there"
)


def span_event(span: Span, account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a span describes; raises `RecordError` if it is none."""
    told = attributes(span.resource.attributes) if span.resource is not None else {}
    told |= attributes(span.attributes)
    if not is_request(told):
        raise not_a_request("attributes", "no request to a model by gen_ai.operation.name or its like")
    events: Events = [(event.name, attributes(event.attributes)) for event in span.events]
    for _, fields in events:
        told |= {key: value for key, value in fields.items() if key.startswith("gen_ai.")}
    found, named = by_meaning(told)
    return UsageEvent(
        **_identity(span, found, account_from),
        **_timing(span, found),
        **_outcome(span, found, text(told.get("error.type"))),
        **parameters(told, named),
        **client_facts(told, ATTRIBUTES),
        model=name(found.get("model")),
        provider=text(found.get("provider")),
        operation=text(found.get("operation")),
        denied_by=text(told.get("stillwatch.denied_by")),
        finish_reason=finish_reason(told, events),
        messages=input_messages(told, events),
        response=output_text(told, events),
    )


def _identity(span: Span, found: Mapping[str, Any], account_from: tuple[AccountField, ...]) -> dict[str, Any]:
    get = found.get
    ids: dict[AccountField, str | None] = {
        "user": name(get("user")),
        "team": name(get("team")),
        "key": name(get("key")),
        "org": name(get("org")),
        "end_user": name(get("end_user")),
    }
    if not span.trace_id or not span.span_id:
        raise missing("spanId" if span.trace_id else "traceId")
    return {
        "event_id": required_name(f"{span.trace_id}-{span.span_id}".lower(), "traceId"),
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"] or ids["team"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": name(get("session")),
        "call_id": name(get("call")),
        "client_ip": text(get("address")),
        "user_agent": text(get("agent")),
    }


def _timing(span: Span, found: Mapping[str, Any]) -> dict[str, Any]:
    start = required_epoch(span.start_time_unix_nano, "startTimeUnixNano", _NANO)
    ended = span.end_time_unix_nano
    # 0 is how protobuf says that there is none.
    end = required_epoch(ended, "endTimeUnixNano", _NANO) if ended not in (None, "", "0", 0) else None
    return {"time": start, "latency_ms": between(start, end), "ttft_ms": millis(found.get("ttft"), _SECOND)}


def _outcome(span: Span, found: Mapping[str, Any], error: str | None) -> dict[str, Any]:
    failed = error is not None or (span.status is not None and span.status.code in _ERROR)
    code = status(found.get("status"))
    return {
        "status": (code or status(error)) if failed else code or 200,
        "error_type": error,
        "input_tokens": count(found.get("input")),
        "output_tokens": count(found.get("output")),
        "cached_input_tokens": count(found.get("cached")),
        "reasoning_tokens": count(found.get("reasoning")),
    }
