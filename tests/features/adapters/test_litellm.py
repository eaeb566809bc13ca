from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.adapters import DEFAULT_ACCOUNT_FROM, REASONS, AccountField, make_adapter
from features.hashing import HashKey
from tests.support.batches import parts_of, plain

if TYPE_CHECKING:
    from features.batch import Decoded

KEY = HashKey.from_secret("a secret of the tests")
GOOD: dict[str, Any] = {"id": "e", "startTime": 1772366400.25, "metadata": {"user_api_key_user_id": "a"}}
IDS = {
    "user_api_key_user_id": "the user",
    "user_api_key_team_id": "the team",
    "user_api_key_hash": "the key",
    "user_api_key_org_id": "the org",
    "user_api_key_end_user_id": "the end user",
}


def _decode(
    *records: bytes | dict[str, Any], account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
) -> Decoded:
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    return make_adapter("litellm", KEY, account_from=account_from).decode(lines)


@pytest.mark.parametrize(
    ("order", "account"),
    [
        (DEFAULT_ACCOUNT_FROM, "the user"),
        (("team", "user"), "the team"),
        (("key",), "the key"),
        (("org",), "the org"),
        (("end_user",), "the end user"),
    ],
)
def test_the_account_is_resolved_in_the_order_given(order: tuple[AccountField, ...], account: str) -> None:
    """The first id of the order that is there is the scored account."""
    assert _decode(GOOD | {"metadata": IDS}, account_from=order).batch.accounts == [account]


def test_an_empty_id_is_passed_over() -> None:
    """An empty string counts as null when the account is looked for."""
    metadata = IDS | {"user_api_key_user_id": "", "user_api_key_team_id": None}

    assert _decode(GOOD | {"metadata": metadata}).batch.accounts == ["the key"]


@pytest.mark.parametrize(
    ("messages", "response", "parts"),
    [
        ("Once upon", "a time", [(1, "Once upon"), (4, "a time")]),
        (["first", "second"], None, [(1, "first"), (1, "second")]),
        ([[1, 2, 3], [4]], None, []),
        ([1, 2, 3], None, []),
        ({"role": "user", "content": "Hi"}, None, [(1, "Hi")]),
        (None, {"text": "plain"}, [(4, "plain")]),
        (None, {"choices": []}, []),
        (None, {"choices": [{"text": "completed"}]}, [(4, "completed")]),
        (None, {"choices": [{"message": {"content": None}}]}, []),
        (None, {"choices": [{"message": {"content": [{"text": "a"}, {"text": "b"}]}}]}, [(4, "a\nb")]),
        (None, {"choices": [{"message": {"content": "redacted-by-litellm"}}]}, []),
        ("redacted-by-litellm", {"text": "redacted-by-litellm"}, []),
        ([{"role": "user", "content": "redacted-by-litellm"}], "", [(4, "")]),
    ],
)
def test_shapes_of_content(messages: Any, response: Any, parts: list[tuple[int, str]]) -> None:
    """Prompts and answers are read in each shape LiteLLM logs; redacted ones are no content."""
    decoded = _decode(GOOD | {"messages": messages, "response": response})

    assert decoded.rejected == []
    assert parts_of(decoded.batch) == [parts]


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"id": None}, "missing_field", "id"),
        ({"metadata": {}}, "missing_field", "account (user, team, key)"),
        ({"startTime": None}, "missing_field", "startTime"),
        ({"startTime": -1}, "out_of_range", "startTime"),
        ({"startTime": 0.0}, "bad_time", "startTime"),
        ({"startTime": 1772366400250}, "bad_time", "startTime"),
        ({"prompt_tokens": -1}, "out_of_range", "prompt_tokens"),
        ({"prompt_tokens": "many"}, "wrong_type", "prompt_tokens"),
        ({"metadata": 1}, "wrong_type", "metadata"),
        ({"id": "x" * 513}, "out_of_range", "id"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, Any], reason: str, field: str) -> None:
    """A bad field gives its reason and its name in LiteLLM's payload."""
    (rejected,) = _decode(GOOD, GOOD | change).rejected

    assert (rejected.line, rejected.reason) == (1, reason)
    assert rejected.detail.startswith(f"{field}: ")


STRANGE: list[tuple[str, Any]] = [
    ("temperature", "hot"),
    ("temperature", -3),
    ("max_tokens", [1]),
    ("max_tokens", -1),
    ("n", 1.5),
    ("tools", "all"),
    ("logit_bias", [1]),
    ("stream", "maybe"),
]


@pytest.mark.parametrize(("name", "value"), STRANGE)
def test_a_strange_parameter_is_no_way_out_of_the_log(name: str, value: Any) -> None:
    """It is missing, and the others of its request are there."""
    sent = {"top_p": 0.5} | {name: value}
    found, usual = (_decode(GOOD | {"model_parameters": one}) for one in (sent, {"top_p": 0.5}))
    assert found.rejected == []
    assert plain(found.batch) == plain(usual.batch)


@pytest.mark.parametrize(
    "change",
    [
        {"model_parameters": "none"},
        {"end_user": 7},
        {"trace_id": [1]},
        {"session_id": {}},
        {"user_agent": 1.5},
        {"messages": 5},
        {"messages": [{"role": "user", "content": "hi"}, {"role": 5}, 1e999]},
        {"response": 5},
        {"metadata": GOOD["metadata"] | {"requester_custom_headers": "x", "user_agent": 1}},
    ],
)
def test_what_a_client_wrote_rejects_no_event(change: dict[str, Any]) -> None:
    """Whatever its type is."""
    assert _decode(GOOD | change).rejected == []


def test_a_number_in_quotes_is_a_number() -> None:
    """Some providers take it for one."""
    quoted, bare = (
        _decode(GOOD | {"model_parameters": {"temperature": one, "max_tokens": two}})
        for one, two in (("0.5", "64"), (0.5, 64))
    )
    assert plain(quoted.batch) == plain(bare.batch)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ({"status": "success"}, 200),
        ({"status": "failure", "error_information": {"error_code": 429}}, 429),
        ({"status": "failure", "error_information": {"error_code": "529"}}, 529),
        ({"status": "failure", "error_information": {"error_code": "timeout"}}, -1),
        ({"status": "failure", "error_information": {"error_code": "12345"}}, -1),
        ({"status": "failure"}, -1),
        ({}, -1),
    ],
)
def test_status_follows_the_outcome(outcome: dict[str, Any], status: int) -> None:
    """Success is 200, a failure its HTTP code where it has one."""
    assert _decode(GOOD | outcome).batch.rows["status"].tolist() == [status]


def test_one_set_of_tools_has_one_identity() -> None:
    """Tool definitions are one set in whatever order they and their keys come; another set differs."""
    search = {"type": "function", "function": {"name": "search", "strict": True}}
    again = {"function": {"strict": True, "name": "search"}, "type": "function"}
    other = {"type": "function", "function": {"name": "fetch"}}

    sets = [[search, other], [other, again], [search], None]
    rows = _decode(*(GOOD | {"model_parameters": {"tools": tools}} for tools in sets)).batch.rows

    assert rows["tool_count"].tolist() == [2, 2, 1, -1]
    assert rows["tools"][0] == rows["tools"][1] != rows["tools"][2]
    assert rows["tools"][3] == 0


def test_old_style_logprobs_count_as_asked() -> None:
    """`logprobs` may be a number, as in the completions endpoint."""
    asked = [{"logprobs": 5}, {"logprobs": 0}, {"logprobs": False}, {}]

    rows = _decode(*(GOOD | {"model_parameters": parameters} for parameters in asked)).batch.rows

    assert rows["logprobs"].tolist() == [1, 0, 0, -1]


@given(
    st.dictionaries(
        st.sampled_from(["x-client-asn", "x-account-created", "x-plan", "x-human-token"]),
        st.none() | st.text() | st.integers() | st.lists(st.text()) | st.from_regex(r"[0-9]{1,12}"),
    )
)
def test_no_header_gets_an_event_rejected(headers: dict[str, Any]) -> None:
    """Headers that a client could have set, however strange, lose nothing but themselves."""
    metadata = GOOD["metadata"] | {"requester_custom_headers": headers}

    assert len(_decode(GOOD | {"metadata": metadata}).batch.rows) == 1


@given(st.integers(0, 400), st.integers(0, 255))
def test_damaged_payloads_never_raise(at: int, byte: int) -> None:
    """A payload with one byte changed is read or rejected with a known reason."""
    full = GOOD | {
        "messages": [{"role": "user", "content": "Hi"}],
        "response": {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]},
        "model_parameters": {"tools": [{"a": 1}], "logit_bias": {"1": 2}},
    }
    record = bytearray(json.dumps(full).encode())
    record[at % len(record)] = byte

    decoded = _decode(bytes(record))

    assert len(decoded.batch.rows) + len(decoded.rejected) == 1
    assert {rejected.reason for rejected in decoded.rejected} <= set(REASONS)
