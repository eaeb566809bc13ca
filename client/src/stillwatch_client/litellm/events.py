"""The usage event in what LiteLLM hands to a logger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from stillwatch_client.litellm.asked import asked_of
from stillwatch_client.litellm.client_facts import client_facts
from stillwatch_client.litellm.content import answer_of, finish_reason_of, messages_of
from stillwatch_client.litellm.denial import StillwatchDenial
from stillwatch_client.litellm.parameters import parameters_of
from stillwatch_client.litellm.subject import DEFAULT_ACCOUNT_FROM, subject_of
from stillwatch_client.litellm.values import count, identifier, mapping, number, present, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.litellm.subject import AccountField

Content = Literal["full", "none"]

_LONGEST_MS: Final = 30 * 86_400_000.0
_HIGHEST_STATUS: Final = 999


@dataclass(frozen=True, slots=True)
class EventRules:
    """What goes into an event."""

    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
    content: Content = "full"
    """`none`: no text leaves the gateway"""


def usage_event(kwargs: Mapping[str, Any], rules: EventRules) -> dict[str, Any] | None:
    """The event of a finished or refused request; None where its id, time or account is missing."""
    payload = mapping(kwargs.get("standard_logging_object"))
    request = mapping(mapping(kwargs.get("litellm_params")).get("proxy_server_request"))
    identity, start = _identity(payload, rules), number(payload.get("startTime"), 4e9)
    if identity is None or start is None:
        return None
    asked = asked_of(mapping(kwargs.get("litellm_params")))
    event = {
        **identity,
        **_timing(payload, start),
        **_outcome(payload),
        **parameters_of(mapping(request.get("body")), mapping(payload.get("model_parameters"))),
        **present(asked),
        **client_facts(mapping(request.get("headers"))),
        **_client(payload),
        **(_content(payload) if rules.content == "full" else {}),
    }
    return present(event)


def _identity(payload: Mapping[str, Any], rules: EventRules) -> dict[str, Any] | None:
    metadata = mapping(payload.get("metadata"))
    parameters = mapping(payload.get("model_parameters"))
    ids = {
        "user": identifier(metadata.get("user_api_key_user_id")),
        "team": identifier(metadata.get("user_api_key_team_id")),
        "key": identifier(metadata.get("user_api_key_hash")),
        "org": identifier(metadata.get("user_api_key_org_id")),
        "end_user": identifier(payload.get("end_user"))
        or identifier(metadata.get("user_api_key_end_user_id"))
        or identifier(parameters.get("user")),
    }
    subject = subject_of(ids, rules.account_from)
    event_id = identifier(payload.get("id")) or identifier(payload.get("litellm_call_id"))
    if event_id is None or subject.account is None:
        return None
    return {
        "event_id": event_id,
        "account_id": subject.account,
        "org_id": ids["org"] or ids["team"],
        "api_key_id": subject.api_key,
        "end_user_id": subject.end_user,
        "session_id": text(payload.get("session_id")) or text(payload.get("trace_id")),
        "call_id": text(payload.get("litellm_call_id")),
        "model": text(payload.get("model_group")) or text(payload.get("model")),
        "provider": text(payload.get("custom_llm_provider")),
        "operation": text(payload.get("call_type")),
    }


def _timing(payload: Mapping[str, Any], start: float) -> dict[str, Any]:
    return {
        "time": datetime.fromtimestamp(start, UTC).isoformat(timespec="milliseconds"),
        "latency_ms": _millis(start, payload.get("endTime")),
        "ttft_ms": _millis(start, payload.get("completionStartTime")),
    }


def _millis(start: float, end: Any) -> float | None:
    # Clocks may be set back within a request: no duration is better than a wrong one.
    return number((end - start) * 1000, _LONGEST_MS) if isinstance(end, int | float) else None


def _outcome(payload: Mapping[str, Any]) -> dict[str, Any]:
    error = mapping(payload.get("error_information"))
    error_type = text(error.get("error_class"))
    return {
        "status": 200 if payload.get("status") == "success" else _status(error.get("error_code")),
        "error_type": error_type,
        "denied_by": "stillwatch" if error_type == StillwatchDenial.__name__ else None,
        "finish_reason": finish_reason_of(payload.get("response")),
        **_tokens(payload),
    }


def _tokens(payload: Mapping[str, Any]) -> dict[str, Any]:
    usage = mapping(mapping(payload.get("metadata")).get("usage_object"))
    return {
        "input_tokens": count(payload.get("prompt_tokens")),
        "output_tokens": count(payload.get("completion_tokens")),
        "cached_input_tokens": count(mapping(usage.get("prompt_tokens_details")).get("cached_tokens")),
        "reasoning_tokens": count(mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")),
    }


def _status(code: Any) -> int | None:
    written = str(code)
    return count(int(written), _HIGHEST_STATUS) if written.isascii() and written.isdigit() else None


def _client(payload: Mapping[str, Any]) -> dict[str, Any]:
    metadata = mapping(payload.get("metadata"))
    return {
        "client_ip": text(payload.get("requester_ip_address")) or text(metadata.get("requester_ip_address")),
        "user_agent": text(payload.get("user_agent")) or text(metadata.get("user_agent")),
    }


def _content(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"messages": messages_of(payload.get("messages")), "response": answer_of(payload.get("response"))}
