from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.alert import Kind
from detector.casework.errors import Refused
from detector.casework.ranges import MOST, extended, read_ranges, write_ranges
from detector.casework.records import CaseQuery, Sort
from detector.casework.statuses import STATUSES, VERDICTS, Queue
from detector.console.pages.toast import read_toast, toast_of, write_toast
from detector.console.queries import LONGEST, QueryError, parse_query, write_query
from detector.console.views.weights import WIDE, strip_of
from detector.console.views.words import duration, score
from detector.dossier.records import Weighed

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=LONGEST
)
QUERIES = st.builds(
    CaseQuery,
    queue=st.sampled_from([None, *get_args(Queue)]),
    kind=st.sampled_from([None, *get_args(Kind)]),
    severity=st.sampled_from([None, 1, 2, 3, 4, 5]),
    status=st.sampled_from([None, *STATUSES]),
    verdict=st.sampled_from([None, *VERDICTS]),
    assignee=st.sampled_from([None, "", "usr_me", "usr_other"]),
    campaign_id=st.none() | TEXT,
    tag=st.none() | TEXT,
    subject=st.none() | TEXT,
    sort=st.sampled_from(get_args(Sort)),
)


@given(QUERIES)
def test_a_query_survives_its_address(query: CaseQuery) -> None:
    """What an address says is the query that it was made of, and `me` is whoever reads it."""
    address = write_query(query, "usr_me")
    assert parse_query(address, "usr_me") == query
    if query.assignee == "usr_me":
        assert parse_query(address, "usr_x") == replace(query, assignee="usr_x")


@given(st.text(max_size=200))
def test_any_address_is_a_query_or_refused(text: str) -> None:
    """Whatever stands in an address, it is read, or refused by an error that says what to give."""
    with suppress(QueryError):
        parse_query(text, "usr_me")


@given(st.lists(st.integers(0, 10**17), max_size=50) | st.integers(1, 900).map(lambda end: list(range(end))))
def test_numbers_survive_as_ranges(numbers: list[int]) -> None:
    """Numbers are read as they were written."""
    if numbers:
        assert read_ranges(write_ranges(numbers)) == sorted(set(numbers))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30), st.integers(1, 9))
def test_runs_extend_what_was_written(lengths: list[int], first: int) -> None:
    """Run after run, with gaps or without, it is as if all numbers were written at once."""
    text, known, at = "", list[int](), first
    for number, length in enumerate(lengths):
        text, known = extended(text, at, at + length - 1), [*known, *range(at, at + length)]
        at += length + number % 2
    assert text == write_ranges(known)


@pytest.mark.parametrize("text", ["", "x", "3-1", "1,,2", "-1", f"1-{MOST + 1}", "1-9999999999999", "\u0661"])
def test_other_ranges_are_refused(text: str) -> None:
    """What is no number, runs backwards or is too many is no undo."""
    with pytest.raises(Refused):
        read_ranges(text)


@pytest.mark.parametrize("value", [None, "", "!", "e30=", "bnVsbA==", "eyJ0ZXh0Ijo1fQ==", "x" * 4000])
def test_what_is_no_message_is_not_shown(value: str | None) -> None:
    """Whatever else a cookie holds is nothing."""
    assert read_toast(value) is None


def test_a_message_survives_its_cookie() -> None:
    """With the way back, so long as that fits."""
    toast = toast_of("Done.", "5-8")
    assert (read_toast(write_toast(toast)), toast.undo) == (toast, "5-8")
    assert toast_of("Done.", write_ranges(range(0, 9000, 2))).undo == ""


NUMBERS = st.floats(-1e9, 1e9)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS | st.none())
def test_a_strip_stays_within_its_drawing(
    first: float, second: float, third: float, own: float | None
) -> None:
    """Whatever the cohort and the value are, all of it is drawn, in their order."""
    low, middle, high = sorted((first, second, third))
    strip = strip_of(Weighed("x", 1.0, own, low, middle, high))
    assert strip is not None
    shown = [strip.low, strip.middle, strip.high, *([] if strip.value is None else [strip.value])]
    assert all(-1e-6 <= one <= WIDE + 1e-6 for one in shown)
    assert strip.low <= strip.middle + 1e-6 <= strip.high + 2e-6


@pytest.mark.parametrize(
    ("ms", "said"), [(0, "under 1 min"), (60_000, "1 min"), (7_200_000, "2 h"), (3 * 86_400_000, "3 d")]
)
def test_durations_are_told_in_their_largest_unit(ms: int, said: str) -> None:
    """Rounded down."""
    assert duration(ms) == said


@given(st.floats(0, 1))
def test_a_score_is_never_rounded_to_certainty(value: float) -> None:
    """What is not quite 0 or 1 is not shown in two digits as if it were."""
    if 0.0001 <= value <= 0.9999:
        assert float(score(value)) not in (0.0, 1.0)
