from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.policy import CLEAR, NONE, RAISE, UPDATE, Policy

POLICY = Policy(
    raise_at=0.8, clear_below=0.6, relay_at=0.7, source="shipped",
    min_events=4,
)  # fmt: skip
SCORES = st.floats(0, 1)


def _decide(score: float, events: int, last: float, *, is_open: bool) -> int:
    columns = (np.array([value]) for value in (score, events, is_open, last))
    return int(POLICY.decide(*columns)[0])


@pytest.mark.parametrize(
    ("score", "events", "is_open", "last", "action"),
    [
        (0.8, 4, False, 0.0, RAISE),
        (0.79, 4, False, 0.0, NONE),
        (1.0, 3, False, 0.0, NONE),
        (0.8, 4, True, 0.85, NONE),
        (0.95, 4, True, 0.84, UPDATE),
        (0.6, 4, True, 0.8, UPDATE),
        (0.6, 4, True, 0.65, NONE),
        (0.59, 4, True, 0.65, CLEAR),
        (0.0, 4, True, 0.9, CLEAR),
        (0.59, 4, False, 0.9, NONE),
    ],
)
def test_what_a_score_leads_to(score: float, events: int, last: float, action: int, *, is_open: bool) -> None:
    """Raised at the one threshold, cleared below the other, updated when it moved, left alone otherwise."""
    assert _decide(score, events, last, is_open=is_open) == action


@given(scores=st.lists(st.floats(0.6, 0.7999), max_size=20), is_open=st.booleans())
def test_between_the_thresholds_nothing_flaps(scores: list[float], *, is_open: bool) -> None:
    """While a score stays between the thresholds, an open alert stays open and no other is raised."""
    for score in scores:
        assert _decide(score, 10, 0.7, is_open=is_open) in ({NONE, UPDATE} if is_open else {NONE})


@given(st.lists(st.tuples(SCORES, st.integers(0, 8), st.booleans(), SCORES), min_size=1, max_size=8))
def test_accounts_are_decided_one_by_one(rows: list[tuple[float, int, bool, float]]) -> None:
    """What becomes of an account does not depend on those that are decided with it."""
    together = POLICY.decide(*(np.array(column) for column in zip(*rows, strict=True)))

    assert together.tolist() == [_decide(s, n, was, is_open=o) for s, n, o, was in rows]


@pytest.mark.parametrize(("source", "shadow"), [("shipped", True), ("calibrated-2026-03-01", False)])
def test_shipped_thresholds_are_shadow(source: str, *, shadow: bool) -> None:
    """Until thresholds were calibrated on own traffic, nothing is enforced."""
    assert replace(POLICY, source=source).shadow is shadow
