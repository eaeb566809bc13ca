"""A span of OpenTelemetry's GenAI conventions as a usage event.

Names are those of the semantic conventions (repository semantic-conventions-genai, 2026), their aliases up to
1.36, LiteLLM's additions (1.109) and OpenInference's. What none of them knows is taken from `stillwatch.*`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.facts import ATTRIBUTES, client_facts, client_ids
from features.adapters.otlp_kinds import is_request
from features.adapters.otlp_messages import Events, finish_reason, input_messages, output_text
from features.adapters.otlp_parameters import parameters
from features.adapters.otlp_values import Span, attributes
from features.adapters.reasons import missing, not_a_request
from features.adapters.values import (
    between,
    count,
    first,
    millis,
    name,
    required_epoch,
    status,
    text,
)
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
    return UsageEvent(
        **_identity(span, told, account_from),
        **_timing(span, told),
        **_outcome(span, told),
        **parameters(told),
        **client_facts(told, ATTRIBUTES),
        model=name(first(told, "gen_ai.request.model", "llm.model_name", "gen_ai.response.model")),
        provider=text(first(told, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")),
        operation=text(first(told, "gen_ai.operation.name", "litellm.call_type", "llm.request.type")),
        finish_reason=finish_reason(told, events),
        messages=input_messages(told, events),
        response=output_text(told, events),
    )


def _identity(span: Span, told: Mapping[str, Any], account_from: tuple[AccountField, ...]) -> dict[str, Any]:
    own = client_ids(told, ATTRIBUTES)
    ids: dict[AccountField, str | None] = {
        "user": own["account_id"]
        or name(first(told, "user.id", "enduser.id", *_litellm("user_id"), _TRACELOOP + "user_id")),
        "team": name(first(told, "litellm.team.id", *_litellm("team_id"))),
        "key": own["api_key_id"] or name(first(told, "litellm.api_key.hash", *_litellm("hash"))),
        "org": own["org_id"] or name(first(told, "tenant.id", *_litellm("org_id"))),
        "end_user": own["end_user_id"] or name(first(told, "litellm.end_user.id", "llm.user")),
    }
    if not span.trace_id or not span.span_id:
        raise missing("spanId" if span.trace_id else "traceId")
    session = first(told, "gen_ai.conversation.id", "session.id", _TRACELOOP + "session_id")
    address = first(told, "client.address", "http.client_ip", "net.peer.ip")
    return {
        "event_id": name(f"{span.trace_id}-{span.span_id}".lower()),
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"] or ids["team"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": own["session_id"] or name(session),
        "call_id": own["call_id"] or name(told.get("litellm.call_id")),
        "client_ip": own["client_ip"] or text(address),
        "user_agent": own["user_agent"] or text(first(told, "user_agent.original", "http.user_agent")),
        "denied_by": text(told.get("stillwatch.denied_by")),
    }


_TRACELOOP: Final = "traceloop.association.properties."


def _litellm(suffix: str) -> tuple[str, str]:
    """Where LiteLLM's spans keep a fact about the virtual key, since 1.10x and before."""
    return f"litellm.metadata.user_api_key_{suffix}", f"metadata.user_api_key_{suffix}"


def _timing(span: Span, told: Mapping[str, Any]) -> dict[str, Any]:
    start = required_epoch(span.start_time_unix_nano, "startTimeUnixNano", _NANO)
    ended = span.end_time_unix_nano
    # 0 is how protobuf says that there is none.
    end = required_epoch(ended, "endTimeUnixNano", _NANO) if ended not in (None, "", "0", 0) else None
    return {
        "time": start,
        "latency_ms": between(start, end),
        "ttft_ms": millis(told.get("gen_ai.response.time_to_first_chunk"), _SECOND),
    }


def _outcome(span: Span, told: Mapping[str, Any]) -> dict[str, Any]:
    error = text(told.get("error.type"))
    failed = error is not None or (span.status is not None and span.status.code in _ERROR)
    code = status(first(told, "http.response.status_code", "http.status_code", "litellm.provider.error.code"))
    return {
        "status": (code or status(error)) if failed else code or 200,
        "error_type": error,
        "input_tokens": count(
            first(told, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt")
        ),
        "output_tokens": count(
            first(
                told,
                "gen_ai.usage.output_tokens",
                "gen_ai.usage.completion_tokens",
                "llm.token_count.completion",
            )
        ),
        "cached_input_tokens": count(
            first(
                told,
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.cache_read_input_tokens",
                "llm.token_count.prompt_details.cache_read",
            )
        ),
        "reasoning_tokens": count(
            first(
                told,
                "gen_ai.usage.reasoning.output_tokens",
                "llm.token_count.completion_details.reasoning",
            )
        ),
    }
