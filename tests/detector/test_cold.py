from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.intake import Intake
from detector.ledger import Ledger
from features.account.layout import ACCOUNT_ROW
from features.account.memory import RowMemory
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, TICK, Detector, asks, batch_of
from tests.features.account.streams import STREAMS, Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS = 24 * 60


@settings(max_examples=40)
@given(STREAMS, st.lists(st.sets(st.integers(0, 5)), max_size=20))
def test_a_row_comes_back_as_it_went(stream: Stream, away: list[set[int]]) -> None:
    """Whoever is put away between ticks, and comes back, is what he would have been."""
    left, kept = Ledger(KERNEL.key), Ledger(KERNEL.key)
    chunks = Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(stream)).by_tick()
    again = Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(stream)).by_tick()

    for at, (chunk, same) in enumerate(zip(chunks, again, strict=True)):
        left.fold(chunk, (at + 1) * TICK)
        kept.fold(same, (at + 1) * TICK)
        chosen = away[at] if at < len(away) else set()
        rows = np.array(sorted(row for row in chosen if row < len(left.accounts)), dtype=np.int64)
        left.put_away(rows[~left.accounts.away[rows]])
        assert not left.accounts.rows[left.accounts.away].tobytes().strip(b"\0")
    left.bring_all_back()

    assert left.accounts.rows.tobytes() == kept.accounts.rows.tobytes()
    assert not left.accounts.away.any()


@given(st.sets(st.integers(0, 99)))
def test_released_rows_are_zero_and_others_stay(released: set[int]) -> None:
    """Rows share pages, so that a page goes only with all of its rows."""
    memory = RowMemory(100, ACCOUNT_ROW)
    memory.rows["total"] = 1 + np.arange(100)
    rows: NDArray[np.int64] = np.array(sorted(released), dtype=np.int64)

    memory.release(rows)

    expected = [0 if row in released else row + 1 for row in range(100)]
    assert memory.rows["total"].tolist() == expected


def test_the_long_silent_are_put_away_and_the_alerted_are_not() -> None:
    """A month after an account's last request its row goes, unless its alert is open."""
    detector = Detector()
    quiet = asks((0, 0, 1, 100), (0, 1, 2, 990))
    later = asks(*((day * DAYS, 2, 3, 100) for day in range(0, 40, 2)))

    detector.run(quiet, later)

    away = detector.loop.ledger.accounts.away
    assert away[detector.row(0)]
    assert not away[detector.row(1)]
    assert not away[detector.row(2)]
    assert not detector.settle().loop.ledger.accounts.away.any()
