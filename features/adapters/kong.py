"""Kong's log of a request that went through its AI proxy, as http-log, file-log or kafka-log write it.

Fields as of Kong's log serialiser in 2026-07. The level below `ai` is named after the plugin, so any name is
taken. Statistics and payloads are there only if the plugin's `logging` section asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.answers import answer_fields, token_counts
from features.adapters.content import input_of
from features.adapters.facts import HEADERS, client_facts, client_ids
from features.adapters.network import operation_of
from features.adapters.parameters import asker, request_fields
from features.adapters.reasons import not_a_request
from features.adapters.values import first, mapping, millis, name, required_epoch, required_name, status, text
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_ACCOUNT: Final = "put an authentication plugin before the AI proxy, so that there is a consumer"


def kong_event(record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a log entry describes; raises `RecordError` if it is none."""
    request, plugin = mapping(record.get("request")), _plugin(record)
    operation = operation_of(request.get("uri")) or operation_of(request.get("url"))
    if plugin is None and operation is None:
        raise not_a_request("ai", "absent, and the path is no endpoint of a model API")
    meta, payload = _part(plugin, "meta"), _part(plugin, "payload")
    asked, answer = mapping(payload.get("request")), mapping(payload.get("response"))
    headers = mapping(request.get("headers"))
    fields = {
        **request_fields(asked),
        **_outcome(record, answer, token_counts(_part(plugin, "usage"))),
        **_identity(record, request, headers, asker(asked), account_from),
        **client_facts(headers),
    }
    return UsageEvent(
        **fields,
        time=required_epoch(record.get("started_at"), "started_at", 1000),
        model=name(first(meta, "request_model")) or name(asked.get("model")),
        provider=text(meta.get("provider_name")),
        operation=operation,
        client_ip=text(record.get("client_ip")),
        user_agent=text(headers.get("user-agent")),
        messages=input_of(asked),
    )


def _plugin(record: Mapping[str, Any]) -> dict[str, Any] | None:
    parts = mapping(record.get("ai")).values()
    return next((part for part in parts if isinstance(part, dict) and "meta" in part), None)


def _part(plugin: dict[str, Any] | None, key: str) -> dict[str, Any]:
    return {} if plugin is None else mapping(plugin.get(key))


def _identity(
    record: Mapping[str, Any],
    request: Mapping[str, Any],
    headers: Mapping[str, Any],
    end_user: str | None,
    account_from: tuple[AccountField, ...],
) -> dict[str, Any]:
    consumer = mapping(record.get("consumer"))
    # Headers come last: Kong sets the consumer, and a client might set a header.
    told = client_ids(headers, HEADERS)
    ids: dict[AccountField, str | None] = {
        "user": name(first(consumer, "id", "custom_id", "username")) or told["account_id"],
        "team": None,
        "key": name(mapping(record.get("authenticated_entity")).get("id")) or told["api_key_id"],
        "org": told["org_id"] or name(first(record, "workspace", "workspace_name")),
        "end_user": told["end_user_id"] or end_user,
    }
    request_id = required_name(request.get("id"), "request.id")
    return {
        "event_id": request_id,
        "call_id": request_id,
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": told["session_id"],
    }


def _outcome(
    record: Mapping[str, Any], answer: Mapping[str, Any], usage: Mapping[str, int | None]
) -> dict[str, Any]:
    said = answer_fields(answer)
    counted = {field: value for field, value in usage.items() if value is not None}
    return {
        **said,
        **counted,
        "status": status(mapping(record.get("response")).get("status")),
        "latency_ms": millis(mapping(record.get("latencies")).get("request")),
    }
