from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client.litellm.asked import with_asked
from stillwatch_client.litellm.events import EventRules, usage_event
from stillwatch_client.litellm.subject import DEFAULT_ACCOUNT_FROM

from features.adapters import DEFAULT_ACCOUNT_FROM as THEIRS
from features.adapters.litellm import usage_event as read_by_stillwatch
from features.adapters.litellm_payload import Payload
from features.contract import UsageEvent

PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-7", "litellm_call_id": "call-7", "trace_id": "s-1", "session_id": "",
    "call_type": "acompletion", "stream": False, "status": "success", "custom_llm_provider": "openai",
    "prompt_tokens": 5,
    "completion_tokens": 6, "startTime": 1790000000.25, "endTime": 1790000001.5,
    "completionStartTime": 1790000000.5, "model": "gpt", "model_group": "m", "end_user": "eu",
    "requester_ip_address": "192.0.2.1", "user_agent": "ua",
    "metadata": {
        "user_api_key_hash": "hash", "user_api_key_user_id": "user", "user_api_key_team_id": "team",
        "user_api_key_org_id": "org", "requester_custom_headers": {"x-plan": "pro", "x-client-asn": "64500"},
        "usage_object": {"prompt_tokens_details": {"cached_tokens": 2}, "completion_tokens_details": None},
    },
    "model_parameters": {
        "temperature": 0.5, "n": 2, "max_tokens": 9, "seed": 3, "logprobs": True, "top_logprobs": 4,
        "logit_bias": {"1": 1}, "stream": False, "tools": [{"type": "function", "function": {"name": "é"}}],
    },
    "messages": [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "image_url", "image_url": {}}]},
    ],
    "response": {"choices": [{"message": {"role": "assistant", "content": "ho"}, "finish_reason": "stop"}]},
}  # fmt: skip
REQUEST = {"body": {}, "headers": PAYLOAD["metadata"]["requester_custom_headers"]}

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


def event_of(payload: dict[str, Any], body: Any = None, headers: Any = None, **rules: Any) -> dict[str, Any]:
    """The event that the logger ships."""
    request = {"body": body, "headers": REQUEST["headers"] if headers is None else headers}
    made = usage_event(
        {"standard_logging_object": payload, "litellm_params": {"proxy_server_request": request}},
        EventRules(**rules),
    )
    assert made is not None
    return made


def test_an_event_says_what_stillwatch_reads_in_the_log() -> None:
    """One request is the same event whether the payload is read there or made into an event here."""
    theirs = msgspec.to_builtins(read_by_stillwatch(msgspec.convert(PAYLOAD, Payload), THEIRS))
    ours = msgspec.to_builtins(msgspec.convert(event_of(PAYLOAD), UsageEvent))
    assert ours == theirs
    assert DEFAULT_ACCOUNT_FROM == THEIRS


def test_parameters_are_those_asked_for() -> None:
    """Also those that LiteLLM took out for the provider, and those in `extra_body`."""
    payload = {**PAYLOAD, "model_parameters": {"temperature": 1.0}}
    event = event_of(payload, {"logprobs": True, "n": 2, "extra_body": {"n": 8}, "temperature": None})
    assert (event["logprobs"], event["n"], event["temperature"]) == (True, 8, 1.0)


def test_what_the_guard_took_out_is_reported() -> None:
    """But not what a client writes under the same name."""
    kept = with_asked({"metadata": {"user": "x"}}, {"n": 4, "logprobs": True})
    params = {"metadata": kept["metadata"], "proxy_server_request": REQUEST}
    event = usage_event({"standard_logging_object": PAYLOAD, "litellm_params": params}, EventRules())
    forged = copy.deepcopy(params)
    forged["metadata"] = {
        name: dict(value) if isinstance(value, dict) else value for name, value in kept["metadata"].items()
    }
    other = usage_event({"standard_logging_object": PAYLOAD, "litellm_params": forged}, EventRules())
    assert event is not None
    assert other is not None
    assert (event["n"], other["n"]) == (4, 2)


def test_text_stays_in_the_gateway_if_told_so() -> None:
    """Nothing of the request's or the answer's text is in the event."""
    event = event_of(PAYLOAD, content="none")
    assert "messages" not in event
    assert "response" not in event
    assert "brief" not in str(event)


def test_redacted_text_is_no_text() -> None:
    """What LiteLLM writes in its place must not look like a wording that all share."""
    redacted = {
        **PAYLOAD,
        "messages": [{"role": "user", "content": "redacted-by-litellm"}],
        "response": "redacted-by-litellm",
    }
    assert not {"messages", "response"} & event_of(redacted).keys()


def test_our_own_denials_say_so() -> None:
    """Such an event is never evidence."""
    error = {"error_code": "429", "error_class": "StillwatchDenial"}
    event = event_of({**PAYLOAD, "status": "failure", "error_information": error, "response": None})
    assert (event["status"], event["denied_by"]) == (429, "stillwatch")
    foreign = event_of(
        {**PAYLOAD, "status": "failure", "error_information": {**error, "error_class": "RateLimit"}}
    )
    assert "denied_by" not in foreign


@pytest.mark.parametrize(
    ("response", "text"),
    [
        ({"choices": [{"text": "completion"}]}, "completion"),
        (
            {"output": [{"type": "message", "content": [{"type": "output_text", "text": "responses"}]}]},
            "responses",
        ),
        ({"content": [{"type": "text", "text": "messages"}]}, "messages"),
        ("plain", "plain"),
    ],
)
def test_answers_of_all_routes_are_read(response: Any, text: str) -> None:
    """Completions, the Responses API and Anthropic's messages."""
    assert event_of({**PAYLOAD, "response": response})["response"] == text


@pytest.mark.parametrize("lacking", ["id and call", "account", "startTime"])
def test_what_lacks_a_required_field_is_no_event(lacking: str) -> None:
    """The service would refuse it."""
    payload = copy.deepcopy(PAYLOAD)
    if lacking == "account":
        payload["metadata"] = {}
    for name in ("id", "litellm_call_id") if lacking == "id and call" else (lacking,):
        payload.pop(name, None)
    assert usage_event({"standard_logging_object": payload}, EventRules()) is None


@given(st.dictionaries(st.sampled_from(list(PAYLOAD["model_parameters"])), JUNK), JUNK, JUNK)
def test_no_parameter_makes_an_event_unreadable(body: dict[str, Any], messages: Any, response: Any) -> None:
    """A client cannot have its own requests refused as malformed by asking for nonsense."""
    event = event_of(
        {**PAYLOAD, "messages": messages, "response": response}, body, {"x-account-created": "soon"}
    )
    msgspec.convert(event, UsageEvent)
