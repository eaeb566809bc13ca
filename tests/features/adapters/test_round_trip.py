"""Canonical events written as each format writes them, and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.adapters import make_adapter
from features.hashing import HashKey
from tests.support.batches import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    Event = dict[str, Any]

KEY = HashKey.from_secret("a secret of the tests")
START = datetime(2026, 3, 1, tzinfo=UTC)
WORD = st.text("abcé漢019", min_size=1, max_size=8)
COUNT = st.integers(0, 2**31 - 1)
SAID = st.text(max_size=20).map(lambda text: "said " + text)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": SAID}
    ),
    min_size=1,
    max_size=3,
)
REQUIRED = {
    "event_id": WORD,
    "time": st.integers(0, 10**9).map(lambda ms: (START + timedelta(milliseconds=ms)).isoformat()),
    "account_id": WORD,
}
FIELDS = {
    "api_key_id": WORD,
    "session_id": WORD,
    "end_user_id": WORD,
    "model": WORD,
    "plan": WORD,
    "user_agent": WORD,
    "client_ip": st.sampled_from(["203.0.113.9", "2001:db8::1"]),
    "status": st.integers(200, 599),
    "latency_ms": st.integers(0, 10**6).map(float),
    "ttft_ms": st.integers(0, 10**6).map(float),
    "input_tokens": COUNT,
    "output_tokens": COUNT,
    "cached_input_tokens": COUNT,
    "temperature": st.floats(0, 100),
    "top_p": st.floats(0, 1),
    "max_tokens": COUNT,
    "n": st.integers(0, 100_000),
    "seed": st.integers(-(2**63), 2**63 - 1),
    "logprobs": st.booleans(),
    "top_logprobs": COUNT,
    "finish_reason": st.sampled_from(["stop", "length", "tool_calls", "content_filter"]),
    "messages": MESSAGES,
    "response": SAID,
}
PARAMETERS = ("temperature", "top_p", "max_tokens", "n", "seed", "logprobs", "top_logprobs")


def _told(**fields: Any) -> Event:
    return {name.replace("__", "-"): value for name, value in fields.items() if value is not None}


def _ms(time: str) -> int:
    return (datetime.fromisoformat(time) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _later(time: str, ms: float | None) -> str | None:
    return None if ms is None else (datetime.fromisoformat(time) + timedelta(milliseconds=ms)).isoformat()


def _request(event: Event) -> Event:
    asked = {name: event[name] for name in (*PARAMETERS, "messages", "model") if name in event}
    return asked | _told(user=event.get("end_user_id"))


def _answer(event: Event) -> Event:
    details = _told(cached_tokens=event.get("cached_input_tokens"))
    usage = _told(prompt_tokens=event.get("input_tokens"), completion_tokens=event.get("output_tokens"))
    choice = {"message": _told(content=event.get("response")), "finish_reason": event.get("finish_reason")}
    return {"choices": [choice], "usage": usage | {"prompt_tokens_details": details}}


def openai(event: Event) -> Event:
    """The bodies, with our fields beside them."""
    beside = ("event_id", "time", "account_id", "api_key_id", "session_id", "plan", "user_agent", "client_ip")
    measured = ("status", "latency_ms", "ttft_ms")
    record = {name: event[name] for name in (*beside, *measured) if name in event}
    return record | {"request": _request(event), "response": _answer(event)}


def otlp(event: Event) -> Event:
    """A span whose attributes are texts, whole numbers, fractions or booleans."""
    get = event.get
    ttft = get("ttft_ms")
    said = [
        {"role": m["role"], "parts": [{"type": "text", "content": m["content"]}]} for m in get("messages", [])
    ]
    answer = [{"role": "assistant", "parts": [{"type": "text", "content": get("response")}]}]
    attributes = {
        "gen_ai.operation.name": "chat",
        "user.id": event["account_id"],
        "litellm.api_key.hash": get("api_key_id"),
        "gen_ai.conversation.id": get("session_id"),
        "litellm.end_user.id": get("end_user_id"),
        "gen_ai.request.model": get("model"),
        "stillwatch.plan": get("plan"),
        "user_agent.original": get("user_agent"),
        "client.address": get("client_ip"),
        "http.response.status_code": get("status"),
        "gen_ai.response.time_to_first_chunk": None if ttft is None else ttft / 1000,
        "gen_ai.usage.input_tokens": get("input_tokens"),
        "gen_ai.usage.output_tokens": get("output_tokens"),
        "gen_ai.usage.cache_read.input_tokens": get("cached_input_tokens"),
        "gen_ai.request.temperature": get("temperature"),
        "gen_ai.request.top_p": get("top_p"),
        "gen_ai.request.max_tokens": get("max_tokens"),
        "gen_ai.request.choice.count": get("n"),
        "gen_ai.request.seed": get("seed"),
        "stillwatch.logprobs": get("logprobs"),
        "stillwatch.top_logprobs": get("top_logprobs"),
        "gen_ai.response.finish_reasons": json.dumps([get("finish_reason")]),
        "gen_ai.input.messages": json.dumps(said),
        "gen_ai.output.messages": None if get("response") is None else json.dumps(answer),
    }
    start = _ms(event["time"]) * 10**6
    latency = get("latency_ms")
    return {
        "traceId": event["event_id"],
        "spanId": "1",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": 0 if latency is None else start + int(latency) * 10**6,
        "attributes": [{"key": k, "value": _any(v)} for k, v in attributes.items() if v is not None],
    }


def _any(value: bool | float | str) -> Event:  # noqa: FBT001 - one of OTLP's kinds of value
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def envoy(event: Event) -> Event:
    """A line of the access log in which absent values are hyphens."""
    address = event.get("client_ip")
    names = {
        "x-request-id": "event_id",
        "start_time": "time",
        "user.id": "account_id",
        "api_key_id": "api_key_id",
        "session.id": "session_id",
        "stillwatch.plan": "plan",
        "user-agent": "user_agent",
        "response_code": "status",
        "duration": "latency_ms",
        "token_latency_ttft": "ttft_ms",
        "gen_ai.request.model": "model",
        "gen_ai.usage.input_tokens": "input_tokens",
        "gen_ai.usage.output_tokens": "output_tokens",
        "llm_cached_input_token": "cached_input_tokens",
    }
    peer = None if address is None else f"[{address}]:443" if ":" in address else f"{address}:443"
    log = {key: event.get(field, "-") for key, field in names.items()}
    return log | {"downstream_remote_address": peer, "x-envoy-origin-path": "/v1/chat/completions"}


def kong(event: Event) -> Event:
    """An entry with statistics and payloads."""
    get = event.get
    return {
        "request": {
            "id": event["event_id"],
            "uri": "/v1/chat/completions",
            "headers": _told(
                user__agent=get("user_agent"), x__plan=get("plan"), x__session__id=get("session_id")
            ),
        },
        "response": {"status": get("status")},
        "latencies": {"request": get("latency_ms", -1)},
        "consumer": {"id": event["account_id"]},
        "authenticated_entity": _told(id=get("api_key_id")),
        "client_ip": get("client_ip"),
        "started_at": _ms(event["time"]),
        "ai": {
            "proxy": {
                "meta": _told(request_model=get("model")),
                "usage": _told(prompt_tokens=get("input_tokens"), completion_tokens=get("output_tokens")),
                "payload": {"request": json.dumps(_request(event)), "response": json.dumps(_answer(event))},
            }
        },
    }


def langfuse(event: Event) -> Event:
    """A row of the export, its parts as JSON text."""
    get = event.get
    output = {"choices": _answer(event)["choices"]}
    return {
        "id": event["event_id"],
        "type": "GENERATION",
        "trace_id": "t",
        "start_time": event["time"],
        "end_time": _later(event["time"], get("latency_ms")),
        "completion_start_time": _later(event["time"], get("ttft_ms")),
        "user_id": event["account_id"],
        "session_id": get("session_id"),
        "provided_model_name": get("model"),
        "model_parameters": json.dumps(
            {k: v for k, v in _request(event).items() if k in {*PARAMETERS, "user"}}
        ),
        "metadata": {
            name: event[name]
            for name in ("api_key_id", "plan", "client_ip", "user_agent", "status")
            if name in event
        },
        "usage_details": _told(
            input=get("input_tokens"),
            output=get("output_tokens"),
            input_cached_tokens=get("cached_input_tokens"),
        ),
        "input": json.dumps(event["messages"]) if "messages" in event else None,
        "output": json.dumps(output),
    }


def helicone(event: Event) -> Event:
    """A row of the query API with both bodies."""
    get = event.get
    return {
        "request_id": event["event_id"],
        "request_created_at": event["time"],
        "request_user_id": event["account_id"],
        "request_properties": {
            "Helicone-Session-Id": get("session_id"),
            "Api-Key-Id": get("api_key_id"),
            "Plan": get("plan"),
            "client_ip": get("client_ip"),
            "User-Agent": get("user_agent"),
        },
        "request_model": get("model"),
        "response_status": get("status"),
        "delay_ms": get("latency_ms"),
        "time_to_first_token": get("ttft_ms"),
        "prompt_tokens": get("input_tokens"),
        "completion_tokens": get("output_tokens"),
        "prompt_cache_read_tokens": get("cached_input_tokens"),
        "request_body": _request(event),
        "response_body": _answer(event),
    }


NOT_IN_ENVOY = {*PARAMETERS, "end_user_id", "finish_reason", "messages", "response"}
LACKING = {
    "openai": set[str](),
    "otlp": set[str](),
    "envoy": NOT_IN_ENVOY,
    "kong": {"ttft_ms"},
    "langfuse": set[str](),
    "helicone": set[str](),
}
ALWAYS = {"status"}
"""Where a log tells no status, what was answered well counts as 200."""
WRITERS: list[Callable[[Event], Event]] = [openai, otlp, envoy, kong, langfuse, helicone]


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_a_format_carries_comes_back(write: Callable[[Event], Event], data: st.DataObject) -> None:
    """Written in a foreign format, an event has the same columns and text for all that the format carries."""
    name = write.__name__
    carried = {field: FIELDS[field] for field in FIELDS if field not in LACKING[name] | ALWAYS}
    always = {field: FIELDS[field] for field in ALWAYS}
    event = data.draw(st.fixed_dictionaries(REQUIRED | always, optional=carried))

    found = make_adapter(name, KEY).decode([json.dumps(write(event)).encode()])

    told = event | ({"event_id": f"{event['event_id']}-1".lower()} if name == "otlp" else {})
    expected = make_adapter("canonical", KEY).decode([json.dumps(told).encode()])
    assert found.rejected == expected.rejected == []
    columns = plain(found.batch)[0]
    assert columns == plain(expected.batch)[0] | {"org": columns["org"]}
