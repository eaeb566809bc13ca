from __future__ import annotations

import numpy as np
import pytest

from detector.campaigns.reactions import migrated_from, pivoted
from features.account.fold import HOUR

NOW = 100 * HOUR


def hours(*values: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Times in hours, as ms."""
    return np.array([int(value * HOUR) for value in values], dtype=np.int64)


def test_a_ban_followed_by_new_members_moved_the_work() -> None:
    """The banned one was at work, and another began within the day."""
    moved = migrated_from(hours(0, 1, 12), hours(10, 90, 90), hours(10, 0, 0), NOW)
    assert moved.tolist() == [True, False, False]


def test_a_ban_that_nobody_followed_moved_nothing() -> None:
    """Nobody new came within the day."""
    assert not migrated_from(hours(0, 1, 50), hours(10, 90, 90), hours(10, 0, 0), NOW).any()


def test_a_ban_of_an_idle_account_moved_nothing() -> None:
    """It had not worked for days."""
    assert not migrated_from(hours(0, 1, 62), hours(10, 90, 90), hours(60, 0, 0), NOW).any()


def test_many_that_fall_silent_together_are_replaced_together() -> None:
    """Three of four stop within hours, and two begin."""
    moved = migrated_from(hours(0, 0, 0, 0, 13, 14), hours(10, 11, 12, 90, 90, 90), hours(*[0] * 6), NOW)
    assert moved.tolist() == [True, True, True, False, False, False]


def test_single_accounts_come_and_go() -> None:
    """One of many that stops while another begins is no reaction."""
    first, last = hours(*[0] * 8, 13), hours(10, *[90] * 8)
    assert not migrated_from(first, last, hours(*[0] * 9), NOW).any()


def test_who_was_silent_for_less_than_a_day_may_come_back() -> None:
    """Silence at the end of the log says nothing yet."""
    first, last = hours(0, 0, 0, 95), hours(94, 94, 94, 99)
    assert not migrated_from(first, last, hours(0, 0, 0, 0), NOW).any()


@pytest.mark.parametrize(
    ("share", "moved"),
    [
        ([0.0, 0.1, 0.9, 0.9, 0.8], True),
        ([0.0, 0.1, 0.9, 0.1, 0.0], False),
        ([0.0, 0.0, 0.1, 0.8, 0.9], False),
        ([0.0, 0.9, 0.9], False),
    ],
)
def test_a_pivot_comes_within_a_day_and_stays(share: list[float], moved: bool) -> None:  # noqa: FBT001
    """A burst that goes back, a slow move, and a log that ends too early are none."""
    times = hours(*[6 + 12 * at for at in range(len(share))])
    assert pivoted(times, np.array(share), released=int(8 * HOUR)) is moved
