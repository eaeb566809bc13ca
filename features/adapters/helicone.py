"""Helicone's requests: rows of its query API and of its export tool, and bodies of its webhook.

Field names as of the `request_response_rmt` table in 2026. The webhook tells no time and cuts bodies at
10 KB: its receiver has to add `request_created_at`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from features.adapters.accounts import AccountField, find_account
from features.adapters.answers import answer_fields
from features.adapters.content import input_of
from features.adapters.facts import METADATA, client_facts, client_ids
from features.adapters.network import operation_of
from features.adapters.parameters import asker, request_fields
from features.adapters.values import (
    count,
    first,
    mapping,
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

_NO_ACCOUNT: Final = "send the header Helicone-User-Id with every request, or a property account_id"


def helicone_event(record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a row or a webhook's body describes; raises `RecordError` if it is none."""
    asked = mapping(record.get("request_body"))
    # Properties are headers of the request, written in whatever case.
    properties = {
        str(key).lower().replace("-", "_"): value
        for key, value in mapping(record.get("request_properties")).items()
    }
    fields = {
        **request_fields(asked),
        **_outcome(record),
        **_identity(record, properties, asker(asked), account_from),
        **client_facts(properties, METADATA),
    }
    country = text(record.get("country_code"))
    if country is not None:
        fields["client_country"] = country
    return UsageEvent(
        **fields,
        time=required_time(record.get("request_created_at"), "request_created_at"),
        model=name(first(record, "request_model", "model", "model_override")) or name(asked.get("model")),
        provider=text(record.get("provider")),
        operation=operation_of(first(record, "target_url", "request_path")),
        messages=input_of(asked),
    )


def _identity(
    record: Mapping[str, Any],
    properties: Mapping[str, Any],
    end_user: str | None,
    account_from: tuple[AccountField, ...],
) -> dict[str, Any]:
    told = client_ids(properties, METADATA)
    ids: dict[AccountField, str | None] = {
        "user": name(first(record, "request_user_id", "user_id")) or told["account_id"],
        "team": name(properties.get("team_id")),
        "key": told["api_key_id"],
        "org": name(record.get("organization_id")) or told["org_id"],
        "end_user": told["end_user_id"] or end_user,
    }
    return {
        "event_id": required_name(record.get("request_id"), "request_id"),
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "org_id": ids["org"] or ids["team"],
        "api_key_id": ids["key"],
        "end_user_id": ids["end_user"],
        "session_id": name(properties.get("helicone_session_id")) or told["session_id"],
        "call_id": told["call_id"],
        "client_ip": told["client_ip"],
        "user_agent": told["user_agent"],
    }


def _outcome(record: dict[str, Any]) -> dict[str, Any]:
    # The webhook keeps its measurements apart, under names of its own.
    told = mapping(record.get("metadata")) | record
    said = answer_fields(mapping(record.get("response_body")))
    counted = {
        "input_tokens": count(first(told, "prompt_tokens", "promptTokens")),
        "output_tokens": count(first(told, "completion_tokens", "completionTokens")),
        "cached_input_tokens": count(told.get("prompt_cache_read_tokens")),
        "reasoning_tokens": count(told.get("reasoning_tokens")),
    }
    return {
        **said,
        **{field: value for field, value in counted.items() if value is not None},
        "status": status(record.get("response_status")),
        "latency_ms": millis(first(told, "delay_ms", "latencyMs")),
        "ttft_ms": millis(record.get("time_to_first_token")),
    }
