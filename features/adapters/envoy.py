"""The access log of Envoy AI Gateway: JSON with flat, dotted keys that the operator chooses.

Keys are those of the gateway's documentation (v1.1, 2026-08), of the dynamic metadata that it fills, and of
request headers. Envoy writes `-` or null for what it does not know. There is no text and no parameter in it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.facts import ATTRIBUTES, HEADERS, client_facts
from features.adapters.network import client_address, operation_of
from features.adapters.reasons import not_a_request
from features.adapters.values import (
    count,
    first,
    millis,
    name,
    required_name,
    required_time,
    status,
    text,
)
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODEL: Final = ("gen_ai.request.model", "gen_ai.request.model_override", "gen_ai.response.model")
_NO_ACCOUNT: Final = (
    "have the gateway log it, as user.id from a header that its authentication sets "
    "(controller.logRequestHeaderAttributes)"
)
_IDS: Final[Mapping[AccountField, tuple[str, ...]]] = MappingProxyType(
    {
        "user": ("stillwatch.account_id", "user.id", "account_id", "x-account-id"),
        "team": ("team.id", "team_id", "x-team-id"),
        "key": ("stillwatch.api_key_id", "api_key.id", "api_key_id", "x-api-key-id"),
        "org": ("stillwatch.org_id", "tenant.id", "org.id", "org_id", "x-org-id"),
        "end_user": ("stillwatch.end_user_id", "enduser.id", "end_user_id", "x-end-user-id"),
    }
)


def envoy_event(record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a line of the access log describes; raises `RecordError` if it is none."""
    told = {key: value for key, value in record.items() if value is not None and value not in ("-", "")}
    path = first(told, "x-envoy-origin-path", "path", ":path")
    model = name(first(told, *_MODEL))
    if model is None and operation_of(path) is None:
        raise not_a_request("gen_ai.request.model", "no model, and no endpoint of a model API")
    return UsageEvent(
        **_identity(told, account_from),
        **_outcome(told),
        **_facts(told),
        time=required_time(told.get("start_time"), "start_time"),
        model=model,
        provider=text(told.get("gen_ai.provider.name")),
        operation=text(told.get("gen_ai.operation.name")) or operation_of(path),
        client_ip=text(told.get("stillwatch.client_ip"))
        or client_address(told.get("downstream_remote_address"), told.get("x-forwarded-for")),
        user_agent=text(first(told, "stillwatch.user_agent", "user-agent", "user_agent")),
    )


def _identity(told: Mapping[str, Any], account_from: tuple[AccountField, ...]) -> dict[str, Any]:
    ids = {field: name(first(told, *names)) for field, names in _IDS.items()}
    request = required_name(first(told, "x-request-id", "request_id"), "x-request-id")
    return {
        "event_id": request,
        "call_id": name(told.get("stillwatch.call_id")) or request,
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"] or ids["team"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": name(
            first(told, "stillwatch.session_id", "session.id", "session_id", "agent-session-id")
        ),
        "denied_by": text(told.get("stillwatch.denied_by")),
    }


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    """As attributes or, where the operator kept their names, as headers."""
    headers = client_facts(told, HEADERS)
    return headers | {
        field: value for field, value in client_facts(told, ATTRIBUTES).items() if value is not None
    }


def _outcome(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": status(told.get("response_code")),
        "error_type": text(told.get("response_flags")),
        "latency_ms": millis(told.get("duration")),
        "ttft_ms": millis(told.get("token_latency_ttft")),
        "input_tokens": count(first(told, "gen_ai.usage.input_tokens", "llm_input_token")),
        "output_tokens": count(first(told, "gen_ai.usage.output_tokens", "llm_output_token")),
        "cached_input_tokens": count(
            first(told, "gen_ai.usage.cache_read.input_tokens", "llm_cached_input_token")
        ),
        "reasoning_tokens": count(first(told, "gen_ai.usage.reasoning.output_tokens", "llm_reasoning_token")),
    }
