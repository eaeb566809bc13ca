from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.detector.stream.staged import Stage
from tests.features.account.streams import DAY, Stream

if TYPE_CHECKING:
    from detector.store.interface import Store

LEASE = 30.0


@pytest.fixture
def stage(store: Store) -> Stage:
    """A stream without events."""
    return Stage(store, Stream([], []))


def test_a_leader_whose_clock_was_ahead_is_replaced_once_it_is_silent(stage: Stage) -> None:
    """After a lease without a renewal, by a clock that is never set; not after the day that it was ahead."""
    ahead, other = stage.leader(lease_seconds=LEASE), stage.leader(lease_seconds=LEASE)
    stage.clock.wall += DAY
    ahead.step()
    stage.clock.wall -= DAY
    assert ahead.leads
    led = []
    for _ in range(6):
        other.step()
        led.append(other.leads)
        stage.clock.sleep(LEASE / 3)
    assert led == [False, False, False, True, True, True]
    ahead.step()
    assert not ahead.leads


def test_a_leader_whose_clock_is_ahead_leads_as_long_as_it_renews(stage: Stage) -> None:
    """Nobody takes the lease from who is there."""
    ahead, other = stage.leader(lease_seconds=LEASE), stage.leader(lease_seconds=LEASE)
    for _ in range(20):
        stage.clock.wall += DAY
        ahead.step()
        stage.clock.wall -= DAY
        other.step()
        assert ahead.leads
        assert not other.leads
        stage.clock.wall += round(LEASE / 2) * 1000
        stage.clock.sleep(LEASE / 2)
