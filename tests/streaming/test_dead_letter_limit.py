from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.dead_letter_limit import DeadLetterLimit, DeadLetterLimitError
from streaming.dead_letters import DeadLetter


def letters(count: int, reason: str = "not_json") -> list[DeadLetter]:
    """Letters of one reason."""
    return [DeadLetter("usage/3", n, reason, "mend the producer") for n in range(count)]


def test_a_stream_of_another_kind_is_refused_with_the_reason() -> None:
    """The error counts, names the most frequent reason, an example of it and the remedy."""
    limit = DeadLetterLimit(0.5, window=100)
    limit.observe(50, [*letters(40), *letters(10, "too_large")])
    complaint = (
        "70 of the last 70 records are dead letters, 60 of them not_json; "
        "usage/3 at 19: mend the producer; check the format and the topic, or raise the limit of 50%"
    )
    with pytest.raises(DeadLetterLimitError, match=complaint):
        limit.observe(20, letters(20))


def test_a_few_bad_records_are_no_reason_to_stop() -> None:
    """Up to the share of the window anything goes, also all of the first batch."""
    limit = DeadLetterLimit(0.1, window=1000)
    limit.observe(100, letters(100))
    limit.observe(900, [])
    for _ in range(20):
        limit.observe(1000, letters(100))
    with pytest.raises(DeadLetterLimitError):
        limit.observe(1000, letters(101))


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 50), st.floats(0.05, 1.0))
def test_one_at_a_time_it_is_exactly_the_last_window(bad: list[bool], window: int, share: float) -> None:
    """Fed single records, it raises at the first window that holds more than the share."""
    limit = DeadLetterLimit(share, window)
    for n, now in enumerate(bad, 1):
        if sum(bad[max(0, n - window) : n]) > share * window:
            with pytest.raises(DeadLetterLimitError):
                limit.observe(1, letters(int(now)))
            return
        limit.observe(1, letters(int(now)))


@pytest.mark.parametrize(("share", "window"), [(0.0, 10), (1.5, 10), (0.5, 0)])
def test_a_limit_that_makes_no_sense_is_refused(share: float, window: int) -> None:
    """Shares and windows out of range are errors that say what is allowed."""
    with pytest.raises(ValueError, match="a share is over 0 and at most 1"):
        DeadLetterLimit(share, window)
