from __future__ import annotations

import numpy as np
import pytest

from detector.campaigns.reactions import Stints, migrated_from, pivoted
from features.account.fold import HOUR

NOW = 100 * HOUR

Hours = np.ndarray[tuple[int], np.dtype[np.int64]]


def hours(*values: float) -> Hours:
    """Times in hours, as ms."""
    return np.array([int(value * HOUR) for value in values], dtype=np.int64)


def moved_from(first: Hours, last: Hours, banned: Hours, *pause: Hours, total: int = 1000) -> list[bool]:
    """Who was replaced; `pause` is when each left and came back, and nobody did if nothing is said."""
    left, resumed = pause or (np.zeros_like(first), np.zeros_like(first))
    stints = Stints(first, last, np.full_like(first, total), left, resumed)
    moved: list[bool] = migrated_from(stints, banned, NOW).tolist()
    return moved


def test_a_ban_followed_by_new_members_moved_the_work() -> None:
    """The banned one was at work, and another began within the day."""
    moved = moved_from(hours(0, 1, 12), hours(10, 90, 90), hours(10, 0, 0))
    assert moved == [True, False, False]


def test_a_ban_that_nobody_followed_moved_nothing() -> None:
    """Nobody new came within the day."""
    assert not any(moved_from(hours(0, 1, 50), hours(10, 90, 90), hours(10, 0, 0)))


def test_a_ban_of_an_idle_account_moved_nothing() -> None:
    """It had not worked for days."""
    assert not any(moved_from(hours(0, 1, 62), hours(10, 90, 90), hours(60, 0, 0)))


def test_many_that_fall_silent_together_are_replaced_together() -> None:
    """Three of four stop within hours, and two begin."""
    moved = moved_from(hours(0, 0, 0, 0, 13, 14), hours(10, 11, 12, 90, 90, 90), hours(*[0] * 6))
    assert moved == [True, True, True, False, False, False]


def test_single_accounts_come_and_go() -> None:
    """One of many that stops while another begins is no reaction."""
    first, last = hours(*[0] * 8, 13), hours(10, *[90] * 8)
    assert not any(moved_from(first, last, hours(*[0] * 9)))


def test_who_was_silent_for_less_than_a_day_may_come_back() -> None:
    """Silence at the end of the log says nothing yet."""
    first, last = hours(0, 0, 0, 95), hours(94, 94, 94, 99)
    assert not any(moved_from(first, last, hours(0, 0, 0, 0)))


def test_an_idle_account_that_comes_back_takes_up_the_work() -> None:
    """It was there first, paused for days and came back within hours of the ban."""
    first, last = hours(0, 1, -200), hours(10, 90, 90)
    assert moved_from(first, last, hours(10, 0, 0), hours(0, 0, -150), hours(0, 0, 14)) == [
        True,
        False,
        False,
    ]
    assert not any(moved_from(first, last, hours(10, 0, 0), hours(0, 0, -150), hours(0, 0, 40)))


def test_idle_accounts_restore_what_many_that_fell_silent_did() -> None:
    """While they paused they were not at work, and the silent ones were all who were."""
    idle = 6
    first, last = hours(0, 0, 0, *[-300] * idle), hours(10, 11, 12, *[90] * idle)
    left, back = hours(0, 0, 0, *[-200] * idle), hours(0, 0, 0, *[14] * idle)
    nobody = hours(*[0] * (3 + idle))
    assert moved_from(first, last, nobody, left, back) == [*[True] * 3, *[False] * idle]
    assert not any(moved_from(first, last, nobody))


def test_who_asks_rarely_is_not_silent_after_a_day() -> None:
    """Of a request a day and account the last one says nothing yet."""
    first, last = hours(*[-300] * 3, 15, 16, 17), hours(10, 11, 12, 90, 90, 90)
    assert moved_from(first, last, hours(*[0] * 6)) == [*[True] * 3, *[False] * 3]
    assert not any(moved_from(first, last, hours(*[0] * 6), total=13))


def test_a_pause_of_everybody_replaces_nobody() -> None:
    """All stop for four days and go on: the same people after a holiday."""
    count = 8
    first, last = hours(*[-200] * count), hours(*[99] * count)
    left, back = hours(*[-20] * count), hours(*[80] * count)
    assert not any(moved_from(first, last, hours(*[0] * count), left, back))


@pytest.mark.parametrize(
    ("share", "moved"),
    [
        ([0.0, 0.1, 0.9, 0.9, 0.8], True),
        ([0.0, 0.1, 0.9, 0.3, 0.4], True),
        ([0.0, 0.1, 0.9, 0.1, 0.0], False),
        ([0.0, 0.0, 0.1, 0.8, 0.9], False),
        ([0.0, 0.9, 0.9], False),
    ],
)
def test_a_pivot_comes_within_a_day_and_stays(share: list[float], *, moved: bool) -> None:
    """A burst that goes back, a slow move, and a log that ends too early are none."""
    times = hours(*[6 + 12 * at for at in range(len(share))])
    assert pivoted(times, np.array(share), released=int(8 * HOUR)) is moved
