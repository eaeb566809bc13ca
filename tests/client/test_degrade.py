from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client import Degrade, SettingsError
from stillwatch_client.decision import Decision
from stillwatch_client.litellm.degrade import degraded
from stillwatch_client.litellm.denial import denial
from stillwatch_client.litellm.subject import account_fields, subject_of

DATA: dict[str, Any] = {
    "model": "m", "messages": [{"role": "user", "content": "hi"}], "logprobs": True, "top_logprobs": 5,
    "logit_bias": {"1": 1}, "n": 4, "best_of": 9, "include": ["message.output_text.logprobs", "other"],
    "extra_body": {"n": 9, "logprobs": True, "keep": 1},
}  # fmt: skip


def test_a_degraded_request_lacks_what_is_worth_most_to_a_student() -> None:
    """Log-probabilities in all places where LiteLLM takes them from, logit bias, and choices."""
    assert degraded(DATA, Degrade()) == {
        "model": "m", "messages": DATA["messages"], "n": 1, "best_of": 1, "include": ["other"],
        "extra_body": {"n": 1, "keep": 1},
    }  # fmt: skip
    assert DATA["n"] == 4


def test_a_rule_says_how_far() -> None:
    """Only what it names, and choices only where it says so."""
    kept = degraded(DATA, Degrade(("logit_bias",), None))
    assert (kept["logprobs"], kept["n"], "logit_bias" in kept) == (True, 4, False)


@given(st.none() | st.integers() | st.floats() | st.text(max_size=2) | st.booleans())
def test_whatever_is_asked_choices_stay_below(asked: Any) -> None:
    """Also what is no number might become one at the provider."""
    left = degraded({"n": asked}, Degrade((), 3))["n"]
    assert left is None or left <= 3


@pytest.mark.parametrize(
    ("action", "reason", "status", "header"),
    [
        ("throttle", "rule", 429, ("retry-after", "8")),
        ("challenge", "rule", 401, ("www-authenticate", "PrivateToken x")),
        ("block", "rule", 403, ("x-stillwatch-decision", "dec_1")),
        ("block", "unavailable", 503, ("retry-after", "60")),
    ],
)
def test_a_denial_speaks_http(action: Any, reason: str, status: int, header: tuple[str, str]) -> None:
    """Status, headers and a problem (RFC 9457) that says nothing of the verdict."""
    retry = 7.2 if action == "throttle" else None
    decision = Decision(
        "dec_1",
        action,
        action,
        shadow=False,
        reason=reason,
        label="distillation",
        score=0.9,
        retry_after=retry,
    )
    error = denial(decision, "PrivateToken x")
    problem = cast("dict[str, Any]", error.detail)
    assert error.status_code == problem["status"] == status
    assert header in (error.headers or {}).items()
    assert problem["type"].startswith("urn:stillwatch:problem:")
    assert "distil" not in str(problem)


def test_the_account_is_the_first_id_that_is_there() -> None:
    """In the order that the operator gives."""
    ids = {"user": None, "team": "t", "key": "k", "org": "o", "end_user": "e"}
    assert subject_of(ids, account_fields("user,team")).account == "t"
    assert subject_of(ids, account_fields(["org"])).account == "o"
    with pytest.raises(SettingsError, match="STILLWATCH_ACCOUNT_FROM"):
        account_fields("user,planet")
