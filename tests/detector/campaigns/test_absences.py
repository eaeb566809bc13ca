from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns.absences import SILENT, Absences
from features.account.fold import DAY

TICKS = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, DAY - 1)), max_size=5), min_size=1, max_size=12
)


def folded(ticks: list[list[tuple[int, int]]]) -> Absences:
    """Of three accounts; every list of accounts and times is a tick, two days after the one before."""
    found = Absences()
    for at, tick in enumerate(ticks):
        who = np.array([account for account, _ in tick], dtype=np.int32)
        when = np.array([(2 * at + 1) * DAY + time for _, time in tick], dtype=np.int64)
        found.fold(who, when, 3)
    return found


@given(TICKS)
def test_the_latest_silence_of_days_is_kept(ticks: list[list[tuple[int, int]]]) -> None:
    """As looking at all requests of an account says."""
    found = folded(ticks)
    for account in range(3):
        times = sorted(
            (2 * at + 1) * DAY + time for at, tick in enumerate(ticks) for who, time in tick if who == account
        )
        gaps = [(left, back) for left, back in pairwise(times) if back - left >= SILENT]
        assert (found.left[account], found.resumed[account]) == (gaps[-1] if gaps else (0, 0))


@given(TICKS)
def test_an_account_depends_on_itself_alone(ticks: list[list[tuple[int, int]]]) -> None:
    """So workers may keep their accounts apart."""
    alone = folded([[one for one in tick if one[0] == 1] for tick in ticks])
    together = folded(ticks)
    assert alone.resumed[1] == together.resumed[1]
    assert alone.left[1] == together.left[1]
