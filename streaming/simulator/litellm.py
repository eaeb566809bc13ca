"""Canonical lines as LiteLLM would have logged the same requests.

The shape is that of `StandardLoggingPayload` (LiteLLM 1.109). It has no place for facts of the network and
of the account: they travel as headers that the gateway in front of it sets. Nor has it one for lifecycle
records, which therefore keep their own form and go into a file of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

_Record: TypeAlias = dict[str, Any]

_HEADERS: Final = {
    "x-client-asn": "client_asn",
    "x-client-country": "client_country",
    "x-ja4": "ja4",
    "x-device-id": "device_id",
    "x-account-created": "account_created",
    "x-plan": "plan",
    "x-payment-fingerprint": "payment_fingerprint",
    "x-signup-channel": "signup_channel",
    "x-human-token": "human_token",
}
_AS_ASKED: Final = (
    "temperature", "top_p", "max_tokens", "n", "seed", "stream", "logprobs", "top_logprobs",
    "reasoning_effort", "response_format",
)  # fmt: skip
_OK: Final = 200
_DECODER: Final = msgspec.json.Decoder(_Record)
_ENCODER: Final = msgspec.json.Encoder()


def litellm_lines(canonical: bytes) -> tuple[bytes, bytes]:
    """Canonical lines as payloads, and the lifecycle records among them as they are."""
    requests, lifecycle = [], []
    for line in canonical.splitlines():
        record = _DECODER.decode(line)
        if "kind" in record:
            lifecycle.append(line)
        else:
            requests.append(_ENCODER.encode(payload(record)))
    return _lines(requests), _lines(lifecycle)


def payload(event: _Record) -> _Record:
    """One canonical event as a `StandardLoggingPayload`."""
    known = event.get
    session = known("session_id") or ""
    return {
        "id": event["event_id"],
        "trace_id": session,
        "session_id": session,
        "call_type": "acompletion",
        "stream": known("stream"),
        "status": "success" if event["status"] == _OK else "failure",
        "custom_llm_provider": known("provider"),
        "total_tokens": event["input_tokens"] + event["output_tokens"],
        "prompt_tokens": event["input_tokens"],
        "completion_tokens": event["output_tokens"],
        **_times(event),
        "model": event["model"],
        "model_group": event["model"],
        "metadata": _metadata(event),
        "end_user": known("end_user_id") or "",
        "requester_ip_address": known("client_ip"),
        "user_agent": known("user_agent"),
        "messages": event["messages"],
        "response": _response(event),
        "error_information": _error(event),
        "model_parameters": _parameters(event),
    }


def _times(event: _Record) -> _Record:
    start = datetime.fromisoformat(event["time"]).astimezone(UTC).timestamp()
    took = event["latency_ms"] / 1000
    ttft = event.get("ttft_ms")
    return {
        "startTime": start,
        "endTime": round(start + took, 3),
        "completionStartTime": None if ttft is None else round(start + ttft / 1000, 3),
        "response_time": took,
    }


def _metadata(event: _Record) -> _Record:
    known = event.get
    headers = {name: str(event[field]) for name, field in _HEADERS.items() if known(field) is not None}
    return {
        "user_api_key_hash": known("api_key_id"),
        "user_api_key_user_id": event["account_id"],
        "user_api_key_org_id": known("org_id"),
        "user_api_key_team_id": None,
        "user_api_key_end_user_id": known("end_user_id"),
        "requester_ip_address": known("client_ip"),
        "user_agent": known("user_agent"),
        "requester_custom_headers": headers,
        "usage_object": {
            "prompt_tokens": event["input_tokens"],
            "completion_tokens": event["output_tokens"],
            "prompt_tokens_details": {"cached_tokens": known("cached_input_tokens")},
            "completion_tokens_details": {"reasoning_tokens": known("reasoning_tokens")},
        },
    }


def _response(event: _Record) -> _Record | None:
    if event["response"] is None:
        return None
    message = {"role": "assistant", "content": event["response"]}
    choice = {"index": 0, "finish_reason": event["finish_reason"], "message": message}
    return {"object": "chat.completion", "model": event["model"], "choices": [choice]}


def _error(event: _Record) -> _Record | None:
    if event["status"] == _OK:
        return None
    return {
        "error_code": str(event["status"]),
        "error_class": event["error_type"],
        "llm_provider": event.get("provider"),
    }


def _parameters(event: _Record) -> _Record:
    asked = {name: event[name] for name in _AS_ASKED if event.get(name) is not None}
    if tools := event.get("tool_count"):
        # One set of definitions for one hash: a reader makes its own hash of them.
        named = event.get("tools_hash") or "tool"
        asked["tools"] = [
            {"type": "function", "function": {"name": f"{named}_{number}"}} for number in range(tools)
        ]
    if (entries := event.get("logit_bias_size")) is not None:
        asked["logit_bias"] = {str(token): 1 for token in range(entries)}
    return asked


def _lines(records: Iterable[bytes]) -> bytes:
    return b"".join(b"%b\n" % record for record in records)
