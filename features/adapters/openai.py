"""Pairs of a request's body and its answer's, as OpenAI's API and those compatible with it speak.

There is no standard for the object around them. Ours takes any field of the usage event beside `request` and
`response`, and each of the two may be a body or an HTTP message with `body`, `headers`, `path` and `status`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from features.adapters.accounts import AccountField, find_account
from features.adapters.answers import answer_fields
from features.adapters.content import input_of
from features.adapters.facts import HEADERS, client_facts, client_ids
from features.adapters.network import client_address, operation_of
from features.adapters.parameters import asker, request_fields
from features.adapters.reasons import not_a_request
from features.adapters.values import (
    first,
    mapping,
    name,
    required_epoch,
    required_name,
    required_time,
    status,
    text,
)
from features.contract import UsageEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_BESIDE: Final = frozenset(UsageEvent.__struct_fields__) - {"kind", "time", "status", "messages", "response"}
_IDS_IN_HEADERS: Final = ("account_id", "org_id", "api_key_id", "end_user_id", "session_id")
_NO_ACCOUNT: Final = "write account_id beside request and response, or have the gateway set x-account-id"


def pair_event(record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
    """The canonical event that a pair describes; raises `RecordError` if it is none."""
    if "request" not in record and "response" not in record:
        raise not_a_request("request", "absent, and so is response")
    request, response = mapping(record.get("request")), mapping(record.get("response"))
    asked, answered = _body(request), _body(response)
    headers = {key.lower(): value for key, value in mapping(request.get("headers")).items()}
    fields = {
        **request_fields(asked),
        **answer_fields(answered),
        **client_facts(headers),
        "model": name(asked.get("model")) or name(answered.get("model")),
        "operation": operation_of(first(record, "endpoint", "path", "url") or first(request, "path", "url")),
        "client_ip": client_address(None, headers.get("x-forwarded-for")),
        "user_agent": text(headers.get("user-agent")),
        **_beside(record),
    }
    fields |= _identity(fields, client_ids(headers, HEADERS), asked, answered, account_from)
    return UsageEvent(
        **fields,
        time=_time(record, answered),
        status=_status(record, response, answered),
        messages=input_of(asked),
    )


def _body(side: dict[str, Any]) -> dict[str, Any]:
    return mapping(side["body"]) if "body" in side else side


def _beside(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is written beside the bodies: it is ours, so it is typed as strictly as in our own format."""
    told = {
        key: value for key, value in record.items() if key in _BESIDE and value is not None and value != ""
    }
    event = msgspec.convert(told, UsageEvent)
    return {key: getattr(event, key) for key in told}


def _identity(
    fields: Mapping[str, Any],
    headers: Mapping[str, str | None],
    asked: Mapping[str, Any],
    answered: Mapping[str, Any],
    account_from: tuple[AccountField, ...],
) -> dict[str, Any]:
    told = {field: fields.get(field) or headers[field] for field in _IDS_IN_HEADERS}
    ids: dict[AccountField, str | None] = {
        "user": told["account_id"],
        "team": None,
        "key": told["api_key_id"],
        "org": told["org_id"],
        "end_user": told["end_user_id"] or asker(asked),
    }
    conversation = first(asked, "conversation", "previous_response_id")
    if isinstance(conversation, dict):
        conversation = conversation.get("id")
    return told | {
        "event_id": required_name(fields.get("event_id") or answered.get("id"), "event_id"),
        "account_id": find_account(ids, account_from, _NO_ACCOUNT),
        "end_user_id": ids["end_user"],
        "session_id": told["session_id"] or name(conversation),
    }


def _time(record: Mapping[str, Any], answered: Mapping[str, Any]) -> datetime:
    told = first(record, "time", "timestamp", "created_at")
    if told is None:
        told = first(answered, "created", "created_at")
    return required_time(told, "time") if isinstance(told, str) else required_epoch(told, "time", 1)


def _status(
    record: Mapping[str, Any], response: Mapping[str, Any], answered: Mapping[str, Any]
) -> int | None:
    told = status(first(record, "status", "status_code"))
    if told is None:
        told = status(first(response, "status_code", "status"))
    answered_well = bool(answered) and not answered.get("error")
    return 200 if told is None and answered_well else told
