from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.store.checkpoints import CheckpointDelta
from detector.store.errors import Fenced, StoreError
from detector.store.findings import Findings
from tests.support.stores import TICK, alert_of, claimed, commit_of, lease_of

if TYPE_CHECKING:
    from detector.store.interface import Store


def test_one_leads_until_its_lease_ends(store: Store) -> None:
    """Others wait, the leader renews under the same lease, and who takes over gets a larger one."""
    first = store.lead("a", 0, 10)
    assert first is not None
    assert store.lead("b", 9, 10) is None
    assert store.lead("a", 9, 10) == first
    assert store.lead("b", 18, 10) is None
    second = store.lead("b", 19, 10)
    assert second is not None
    assert second > first
    assert store.lead("a", 20, 10) is None


def test_a_lease_that_ended_stays_valid_until_another_leads(store: Store) -> None:
    """A slow leader that nobody replaced goes on under its lease."""
    first = store.lead("a", 0, 10)
    assert first is not None
    store.conclude(first, Findings(1), 500)
    assert store.lead("a", 500, 10) == first


def test_who_resigns_is_replaced_at_once(store: Store) -> None:
    """The lease is free before its end, and worth nothing any more; to resign twice changes nothing."""
    first = store.lead("a", 0, 1000)
    assert first is not None
    store.resign(first)
    with pytest.raises(Fenced, match="leader has a newer owner"):
        store.conclude(first, Findings(1), 1)
    second = store.lead("b", 1, 1000)
    store.resign(first)
    assert store.lead("c", 2, 1000) is None
    assert store.leadership().lease == second


def test_who_is_silent_can_be_deposed(store: Store) -> None:
    """Not once it has renewed; then the lease is free and fenced off, and nobody is deposed twice."""
    first = store.lead("a", 0, 1000)
    assert first is not None
    assert store.lead("a", 5, 1000) == first
    store.depose(first, 1000)
    assert store.lead("b", 6, 1000) is None
    store.depose(first, 1005)
    with pytest.raises(Fenced, match="leader has a newer owner"):
        store.conclude(first, Findings(1), 1)
    second = store.lead("b", 6, 1000)
    assert second is not None
    store.depose(first, 1005)
    assert store.leadership().owner == "b"


def test_a_replaced_leader_can_write_nothing(store: Store) -> None:
    """Closing, concluding and checkpointing are fenced, and leave nothing."""
    old = store.lead("a", 0, 10)
    assert old is not None
    store.commit([commit_of(claimed(store), 1, 5, watermark=1000)], 1)
    assert store.lead("b", 10, 10) is not None
    delta = CheckpointDelta(5, b"", {}, [], [("acc", b"row")])
    with pytest.raises(Fenced, match="leader"):
        store.close_ticks(old, TICK, 1)
    with pytest.raises(Fenced, match="leader"):
        store.conclude(old, Findings(1, [alert_of(1)]), 1)
    with pytest.raises(Fenced, match="leader"):
        store.checkpoint(old, delta)
    stands = store.leadership()
    assert (stands.closed, stands.concluded, stands.checkpoint) == (None, None, None)
    assert store.alerts(0, 9) == []
    assert store.cold(["acc"]) == {}
    assert len(list(store.frames(None, 9))) == 1


def test_ticks_close_before_the_slowest_partition(store: Store) -> None:
    """A tick is closed once it has ended before the watermark of every active partition."""
    lease = lease_of(store)
    claims = store.claim(["t/0", "t/1"], "a", 0)
    store.commit([commit_of(claims["t/0"], 1, watermark=951)], 1)
    assert store.close_ticks(lease, TICK, 10**6) is None
    store.commit([commit_of(claims["t/1"], 1, watermark=700)], 1)
    assert store.close_ticks(lease, TICK, 10**6) == 6
    store.commit([commit_of(claims["t/1"], 2, watermark=701)], 1)
    assert store.close_ticks(lease, TICK, 10**6) == 7
    assert store.leadership().closed == 7


def test_an_expected_partition_keeps_ticks_from_closing(store: Store) -> None:
    """The leader does not close by the first partition that was claimed, until the others were read too."""
    lease = lease_of(store)
    store.expect(["t/0", "t/1"], 0)
    store.commit([commit_of(claimed(store, "t/0"), 1, watermark=951)], 1)
    assert store.close_ticks(lease, TICK, 10**6) is None
    store.commit([commit_of(claimed(store, "t/1"), 0, idle=True)], 1)
    assert store.close_ticks(lease, TICK, 10**6) == 9


def test_closed_ticks_stay_closed(store: Store) -> None:
    """A new partition stops the clock and never turns it back, and is told what is closed."""
    lease = lease_of(store)
    store.commit([commit_of(claimed(store), 1, watermark=951)], 1)
    assert store.close_ticks(lease, TICK, 0) == 9
    late = claimed(store, "t/1")
    assert late.closed == 9
    assert store.close_ticks(lease, TICK, 0) == 9
    store.commit([commit_of(late, 1, watermark=101)], 1)
    assert store.close_ticks(lease, TICK, 0) == 9


def test_a_frame_of_a_closed_tick_is_refused(store: Store) -> None:
    """Nobody would ever fold it, so that it must not look stored."""
    claim, lease = claimed(store), lease_of(store)
    store.commit([commit_of(claim, 1, 12, watermark=951)], 1)
    assert store.close_ticks(lease, TICK, 0) == 9
    with pytest.raises(StoreError, match="commit of t/0: it has a frame of tick 9 or before"):
        store.commit([commit_of(claim, 2, 12, 9, watermark=951)], 1)
    store.commit([commit_of(claim, 2, 12, 10, watermark=951)], 1)
    assert [frame.tick for _, frame in store.frames(None, 99)] == [10, 12, 12]


def test_idle_partitions_do_not_hold_ticks_up(store: Store) -> None:
    """An idle partition is passed over until it wakes, and learns then what closed without it."""
    lease = lease_of(store)
    claims = store.claim(["t/0", "t/1"], "a", 0)
    store.commit([commit_of(claims["t/0"], 1, watermark=951), commit_of(claims["t/1"], 0, idle=True)], 1)
    assert store.close_ticks(lease, TICK, 10**6) == 9
    assert store.wake("t/1", claims["t/1"].epoch) == 9
    store.commit([commit_of(claims["t/0"], 2, watermark=1951)], 1)
    assert store.close_ticks(lease, TICK, 10**6) == 9


def test_the_wall_clock_closes_ticks_where_all_is_idle(store: Store) -> None:
    """With a tick's delay, up to the last that holds events, and not before anything was claimed."""
    lease = lease_of(store)
    assert store.close_ticks(lease, TICK, 10_000) is None
    store.commit([commit_of(claimed(store), 3, 40, 98, 120, idle=True)], 1)
    assert (store.frames_waiting(None), store.frames_waiting(40)) == (3, 2)
    assert store.close_ticks(lease, TICK, 10_099) == 98
    assert store.close_ticks(lease, TICK, 5_000) == 98
    assert store.close_ticks(lease, TICK, 12_100) == 120


def test_a_partition_that_is_gone_does_not_hold_ticks_up(store: Store) -> None:
    """Once retired it counts as idle and its owner is fenced; claimed again it goes on where it was."""
    lease, claim = lease_of(store), claimed(store)
    store.commit([commit_of(claim, 3, 9)], 1)
    store.retire(["t/0", "t/unknown"])
    assert store.close_ticks(lease, TICK, 1000) == 9
    with pytest.raises(Fenced):
        store.commit([commit_of(claim, 4)], 1)
    again = claimed(store)
    assert (again.position, again.idle, again.closed) == (3, True, 9)
