"""Langfuse's observations: rows of its blob export, objects of its API, and events of its ingestion.

The export writes snake case, the API and the ingestion camel case; parameters, input and output may be JSON
text. Only generations and embeddings are requests. The user is a property of the trace: enriched exports and
the second version of the API repeat it on the observation, the others need it in the metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.answers import answer_text, finish_reason
from features.adapters.content import input_of, messages_in
from features.adapters.facts import METADATA, client_facts, client_ids
from features.adapters.parameters import asker, request_fields
from features.adapters.reasons import not_a_request
from features.adapters.values import (
    between,
    count,
    first,
    mapping,
    millis,
    name,
    parsed,
    required_name,
    required_time,
    status,
    text,
    when,
)
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from features.contract import Message

_REQUESTS: Final = frozenset({"GENERATION", "EMBEDDING"})
_INGESTED: Final = frozenset(
    {"generation-create", "generation-update", "observation-create", "observation-update"}
)
_SECOND: Final = 1000.0
_NO_ACCOUNT: Final = (
    "export enriched observations, which repeat the trace's user, or put user_id into the metadata"
)


def langfuse_event(record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that an observation describes; raises `RecordError` if it is none."""
    seen = _observation(record)
    start = required_time(first(seen, "start_time", "startTime"), "start_time")
    metadata = mapping(seen.get("metadata"))
    given = parsed(seen.get("input"))
    asked = {**(given if isinstance(given, dict) else {}), **_parameters(seen)}
    return UsageEvent(
        **{**request_fields(asked), **_outcome(seen, metadata), **_timing(seen, start)},
        **_identity(seen, metadata, asker(asked), account_from),
        **client_facts(metadata, METADATA),
        time=start,
        model=name(first(seen, "provided_model_name", "providedModelName", "model")),
        provider=text(metadata.get("provider")),
        operation=text(seen.get("name")),
        messages=_messages(given),
    )


def _observation(record: dict[str, Any]) -> dict[str, Any]:
    """The observation itself, of which an event of the ingestion is the envelope."""
    kind, seen = text(record.get("type")), record
    if isinstance(record.get("body"), dict):
        if kind not in _INGESTED:
            raise not_a_request("type", "an event of the ingestion, and of no generation")
        seen = {"start_time": record.get("timestamp"), **record["body"]}
        seen["start_time"] = first(seen, "startTime", "start_time")
        kind = text(seen.get("type"))
    if kind is not None and kind not in _REQUESTS:
        raise not_a_request("type", "an observation that is neither a generation nor an embedding")
    return seen


def _parameters(seen: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(first(seen, "model_parameters", "modelParameters"))


def _messages(given: Any) -> list[Message] | None:
    if isinstance(given, dict) and "role" not in given:
        return input_of(given)
    return list(messages_in(given)) or None


def _identity(
    seen: Mapping[str, Any],
    metadata: Mapping[str, Any],
    end_user: str | None,
    account_from: tuple[AccountField, ...],
) -> dict[str, Any]:
    told = client_ids(metadata, METADATA)
    user = first(seen, "user_id", "userId") or first(metadata, "user_id", "userId", "langfuse_user_id")
    ids: dict[AccountField, str | None] = {
        "user": told["account_id"] or name(user),
        "team": name(metadata.get("team_id")),
        "key": told["api_key_id"],
        "org": told["org_id"] or name(first(seen, "project_id", "projectId")),
        "end_user": told["end_user_id"] or end_user,
    }
    session = first(seen, "session_id", "sessionId") or metadata.get("langfuse_session_id")
    return {
        "event_id": required_name(seen.get("id"), "id"),
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": name(session) or told["session_id"],
        "call_id": told["call_id"] or name(metadata.get("litellm_call_id")),
        "client_ip": told["client_ip"],
        "user_agent": told["user_agent"],
    }


def _timing(seen: Mapping[str, Any], start: datetime) -> dict[str, Any]:
    latency = between(start, when(first(seen, "end_time", "endTime")))
    ttft = between(start, when(first(seen, "completion_start_time", "completionStartTime")))
    if ttft is None:
        ttft = millis(first(seen, "time_to_first_token", "timeToFirstToken"), _SECOND)
    return {
        "latency_ms": millis(seen.get("latency"), _SECOND) if latency is None else latency,
        "ttft_ms": ttft,
    }


def _outcome(seen: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    failed = seen.get("level") == "ERROR"
    usage = mapping(first(seen, "usage_details", "usageDetails", "usage"))
    output = parsed(seen.get("output"))
    known = status(metadata.get("status"))
    return {
        "status": known if failed or known is not None else 200,
        "error_type": text(first(seen, "status_message", "statusMessage")) if failed else None,
        "finish_reason": finish_reason(output) if isinstance(output, dict) else None,
        "response": answer_text(output),
        "input_tokens": count(first(usage, "input", "prompt_tokens", "promptTokens", "input_tokens")),
        "output_tokens": count(
            first(usage, "output", "completion_tokens", "completionTokens", "output_tokens")
        ),
        "cached_input_tokens": count(first(usage, "input_cached_tokens", "cache_read_input_tokens")),
        "reasoning_tokens": count(first(usage, "output_reasoning_tokens", "reasoning_tokens")),
    }
