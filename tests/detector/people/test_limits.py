from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.people.limits import REMEMBERED, Allowance, Attempts, neighbourhood
from tests.detector.hook.made import Hand


@given(
    burst=st.integers(1, 5),
    seconds=st.integers(1, 100),
    steps=st.lists(st.integers(0, 200_000), max_size=40),
)
def test_no_more_failures_pass_than_are_allowed(burst: int, seconds: int, steps: list[int]) -> None:
    """In any time: a burst, and one for each span; who waits as long as told is let through."""
    clock = Hand()
    attempts = Attempts(Allowance(burst, float(seconds)), clock.monotonic)
    begun, passed = clock.at, 0
    for step in steps:
        clock.at += step
        wait = attempts.take("ada")
        passed += wait == 0
        assert passed <= burst + (clock.at - begun) / 1000 / seconds + 1e-6
        if wait:
            clock.at += round(wait * 1000) + 1
            assert attempts.take("ada") == 0
            passed += 1


def test_success_gives_back_and_names_are_apart() -> None:
    """Who signs in often is no guesser, and one name's failures are nobody else's."""
    clock = Hand()
    attempts = Attempts(Allowance(1, 60.0), clock.monotonic)
    for _ in range(5):
        assert attempts.take("ada") == 0
        attempts.give_back("ada")
    assert attempts.take("ada") == 0
    assert attempts.take("ada") == 60
    assert attempts.take("bob") == 0


def test_memory_is_bounded() -> None:
    """Those that tried longest ago start afresh."""
    attempts = Attempts(Allowance(1, 60.0), Hand().monotonic)
    for number in range(REMEMBERED + 1):
        attempts.take(str(number))
    assert attempts.take("0") == 0
    assert attempts.take(str(REMEMBERED)) == 60


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "testclient", True),
    ],
)
def test_who_is_a_neighbour(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    """A household has 64 bits of IPv6 to itself; what is no address shares one allowance."""
    assert (neighbourhood(one) == neighbourhood(other)) is same
