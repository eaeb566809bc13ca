"""Prompts, answers and parameters in the shapes that clients and tools write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from features.adapters import make_adapter
from features.hashing import HashKey
from tests.support.batches import parts_of

KEY = HashKey.from_secret("a secret of the tests")
BESIDE = {"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "a"}
SYSTEM, USER, ASSISTANT, TOOL, RESPONSE = range(5)


def _pair(request: Any, response: Any = None) -> Any:
    return make_adapter("openai", KEY).decode(
        [json.dumps(BESIDE | {"request": request, "response": response}).encode()]
    )


@pytest.mark.parametrize(
    ("request_body", "parts"),
    [
        ({"messages": "Hi"}, [(USER, "Hi")]),
        ({"messages": []}, []),
        ({"messages": [{"role": "user", "content": None}, 5, None]}, [(USER, "")]),
        ({"messages": [{"content": {"type": "text", "text": "one"}}]}, [(USER, "one")]),
        ({"messages": [{"role": "tool", "content": '["as it is"]'}]}, [(TOOL, '["as it is"]')]),
        ({"prompt": [1, 2]}, []),
        (
            {"input": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]},
            [(USER, "a\nb")],
        ),
        ({"input": [{"type": "function_call", "arguments": "{}"}]}, []),
        ({"contents": "unknown"}, []),
        ({"instructions": "Be brief.", "input": "Hi"}, [(SYSTEM, "Be brief."), (USER, "Hi")]),
        ("not a body", []),
    ],
)
def test_shapes_of_prompts(request_body: Any, parts: list[tuple[int, str]]) -> None:
    """Every shape of a prompt becomes messages; what is none becomes no content, and rejects nothing."""
    decoded = _pair(request_body)

    assert decoded.rejected == []
    assert parts_of(decoded.batch) == [parts]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"choices": [{"message": {"content": [{"type": "text", "text": "a"}, {"text": "b"}]}}]}, ["a\nb"]),
        ({"choices": [{"message": {"content": ""}}]}, [""]),
        ({"choices": [{"message": {"content": None, "tool_calls": []}}]}, []),
        ({"choices": [{"message": 5}]}, []),
        ({"choices": []}, []),
        (
            {
                "output": [
                    {"type": "message", "content": [{"text": "a"}]},
                    {"type": "message", "content": "b"},
                ]
            },
            ["a\nb"],
        ),
        ({"output_text": "a"}, ["a"]),
        ({"error": {"message": "no"}}, []),
    ],
)
def test_shapes_of_answers(answer: Any, said: list[str]) -> None:
    """The text of the first answer is read in every shape; without text there is none."""
    decoded = _pair({}, answer)

    assert decoded.rejected == []
    assert parts_of(decoded.batch) == [[(RESPONSE, text) for text in said]]


@pytest.mark.parametrize(
    ("asked", "logprobs", "top"),
    [
        ({"logprobs": True}, 1, -1),
        ({"logprobs": False}, 0, -1),
        ({"logprobs": 5}, 1, 5),
        ({"logprobs": 0}, 0, -1),
        ({"logprobs": True, "top_logprobs": 20}, 1, 20),
        ({"include": ["message.output_text.logprobs"]}, 1, -1),
        ({"include": ["reasoning.encrypted_content"]}, -1, -1),
        ({"logprobs": "please", "top_logprobs": -1}, -1, -1),
        ({}, -1, -1),
    ],
)
def test_log_probabilities_are_asked_for_in_three_ways(
    asked: dict[str, Any], logprobs: int, top: int
) -> None:
    """A boolean, a number or an include asks for them; nonsense asks for nothing."""
    (row,) = _pair({"model": "m"} | asked).batch.rows

    assert (row["logprobs"], row["top_logprobs"]) == (logprobs, top)


@pytest.mark.parametrize(
    ("asked", "column", "value"),
    [
        ({"temperature": "hot"}, "temperature", -1),
        ({"temperature": 1e30}, "temperature", -1),
        ({"temperature": "0.5"}, "temperature", 500),
        ({"max_tokens": 10, "max_completion_tokens": 20}, "max_tokens", 20),
        ({"max_tokens": -5}, "max_tokens", -1),
        ({"n": 10**9}, "n", -1),
        ({"seed": "x"}, "seeded", 0),
        ({"reasoning": {"effort": "high"}}, "effort", 3),
        ({"reasoning_effort": 5}, "effort", -1),
        ({"logit_bias": {"1": 2}}, "logit_bias", 1),
        ({"logit_bias": {}}, "logit_bias", 0),
        ({"tools": "many"}, "tool_count", -1),
        ({"functions": [{"name": "f"}]}, "tool_count", 1),
    ],
)
def test_a_strange_parameter_is_no_parameter(asked: dict[str, Any], column: str, value: int) -> None:
    """Parameters are read as asked; one that makes no sense is missing, and rejects nothing."""
    (row,) = _pair({"model": "m"} | asked).batch.rows

    assert row[column] == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"incomplete_details": {"reason": "content_filter"}, "output": []}, 3),
        ({"status": "completed", "output": []}, 0),
        ({"stop_reason": "tool_use"}, 2),
        ({"choices": [{"finish_reason": 7}]}, -1),
    ],
)
def test_why_an_answer_ended(body: dict[str, Any], reason: int) -> None:
    """Each API's word for the end of an answer is known."""
    (row,) = _pair({}, body).batch.rows

    assert row["finish"] == reason
