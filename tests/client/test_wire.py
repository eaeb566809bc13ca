from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client import Degrade, Verdict
from stillwatch_client.sse import FeedError, Message
from stillwatch_client.wire import read_page

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["account_id", "action", "expires", "score", "retry_after", "degrade", "subjects", "shadow"]
ROWS = st.dictionaries(st.sampled_from(NAMES), VALUES | st.sampled_from(["block", "allow", "degrade"]))


def message(body: Any, event: str = "delta") -> Message:
    """An event with a body."""
    return Message(event, json.dumps(body), None)


def test_a_row_becomes_a_verdict() -> None:
    """All fields of the feed are read."""
    row = {
        "account_id": "a", "action": "degrade", "shadow": False, "expires": 12.5, "reason": "rule",
        "label": "distillation", "score": 0.9, "campaign_id": "c", "retry_after": 30, "subjects": ["k"],
        "degrade": {"strip": ["logprobs"], "clamp_n": 2},
    }  # fmt: skip
    page = read_page(message({"version": 3, "verdicts": [row], "deleted": ["b"], "more": True}))
    assert page is not None
    verdict = Verdict(
        "a", "degrade", shadow=False, expires=12.5, reason="rule", label="distillation", score=0.9,
        campaign_id="c", retry_after=30.0, degrade=Degrade(("logprobs",), 2), subjects=("k",),
    )  # fmt: skip
    assert (page.version, page.verdicts, page.deleted, page.more) == (3, (verdict,), ("b",), True)


def test_what_does_not_say_that_it_is_enforced_is_not() -> None:
    """A row without `shadow` is a shadow."""
    page = read_page(message({"version": 1, "verdicts": [{"account_id": "a", "action": "block"}]}))
    assert page is not None
    assert page.verdicts[0].shadow


def test_an_action_of_a_later_version_is_left_out_and_counted() -> None:
    """A client that is older than the service goes on with what it understands."""
    page = read_page(message({"version": 1, "verdicts": [{"account_id": "a", "action": "exile"}]}))
    assert page is not None
    assert (page.verdicts, page.rejected) == ((), 1)


def test_other_events_are_none_of_ours() -> None:
    """A later service may send more kinds."""
    assert read_page(message([], "weather")) is None


@pytest.mark.parametrize("body", [[], {"version": "1"}, {"version": -1}, {"version": 1, "verdicts": {}}])
def test_what_is_no_page_breaks_the_feed(body: Any) -> None:
    """It says which field and what to do."""
    with pytest.raises(FeedError, match=r"update|address"):
        read_page(message(body))


@given(st.fixed_dictionaries({"version": st.integers(0, 9), "verdicts": st.lists(ROWS | VALUES, max_size=3)}))
def test_no_row_crashes_the_reader(body: dict[str, Any]) -> None:
    """Each row is a verdict or counted."""
    page = read_page(message(body))
    assert page is not None
    assert len(page.verdicts) + page.rejected == len(body["verdicts"])


@given(VALUES)
def test_no_json_crashes_the_reader(body: Any) -> None:
    """Whatever comes is a page or a broken feed."""
    try:
        read_page(message(body))
    except FeedError:
        return
