"""Relays: rotation, sticky sessions, hand-over, and pools without a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.simulator.population import Population
from streaming.simulator.relay import Habit, Relay, Seats
from streaming.simulator.requests import DAY, HOUR, MINUTE, NEVER
from streaming.simulator.resale import customers, resale_pool
from streaming.simulator.seats import take_seats
from streaming.simulator.stage import Role
from tests.support.stages import attacks, empty_stage, requests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

FORBIDDEN = 403


def relay(stage: Stage, seats: Seats, habit: Habit, total: float = 3_000.0) -> Relay:
    """A relay with ordinary customers."""
    rows = customers(stage, stage.rng("customers"), 60, total)
    return Relay("relay", [Population("customers", stage, rows)], seats, habit)


def plain_seats(stage: Stage, count: int) -> Seats:
    """Seats whose accounts are never banned."""
    held = take_seats(stage, stage.rng("seats"), Role("relay", "relay", pool="a pool"), count)
    never = np.full(held.until.shape, NEVER)
    return Seats(held.accounts, never, held.place, held.client)


def visits(rows: NDArray[np.void], sticky: int) -> NDArray[np.void]:
    """First requests of visits: sessions, cut where they pause for longer than `sticky` ms."""
    rows = rows[np.lexsort((rows["time"], rows["session"]))]
    fresh = np.r_[True, (rows["session"][1:] != rows["session"][:-1]) | (np.diff(rows["time"]) > sticky)]
    firsts = rows[fresh]
    ordered: NDArray[np.void] = firsts[np.argsort(firsts["time"], kind="stable")]
    return ordered


@settings(max_examples=15)
@given(seats=st.integers(2, 40), sticky=st.integers(1, 180))
def test_seats_are_taken_in_turn(seats: int, sticky: int) -> None:
    """The next visit goes to the account that waited longest: no account is visited twice in a round."""
    stage = empty_stage(days=1)
    rows = requests(
        stage, [relay(stage, plain_seats(stage, seats), Habit(1.0, sticky * MINUTE), total=400.0)]
    )
    starts = rows["time"] < stage.clock.start + 6 * HOUR
    turns = visits(rows[starts], sticky * MINUTE)["account"]
    for at in range(max(0, len(turns) - seats)):
        assert len(np.unique(turns[at : at + seats])) == seats


def test_conversations_stay_until_they_pause() -> None:
    """A conversation changes accounts only after a pause longer than the sticky time to live."""
    stage = empty_stage(days=4)
    rows = requests(stage, [relay(stage, plain_seats(stage, 20), Habit(0.9, 10 * MINUTE))])
    rows = rows[np.lexsort((rows["time"], rows["session"]))]
    same = rows["session"][1:] == rows["session"][:-1]
    moved = same & (rows["account"][1:] != rows["account"][:-1])
    assert moved.any()
    assert (np.diff(rows["time"])[moved] > 10 * MINUTE).all()


def test_conversations_are_handed_over_on_a_ban() -> None:
    """The old account is refused once; the same request is served by its successor within seconds."""
    stage = empty_stage(days=4)
    held = plain_seats(stage, 10)
    until = held.until.copy()
    until[:, 0] = stage.clock.start + DAY
    successors = np.arange(10, dtype=np.int32) + held.accounts.max() + 1
    accounts = np.stack([held.accounts[:, 0], successors, successors], axis=1)
    rows = requests(stage, [relay(stage, Seats(accounts, until, held.place, held.client), Habit())])
    refused = rows[rows["status"] == FORBIDDEN]
    assert sorted(refused["account"]) == sorted(accounts[:, 0])
    for row in refused:
        retry = rows[
            (rows["session"] == row["session"])
            & (rows["item"] == row["item"])
            & (rows["turn"] == row["turn"])
        ][-1]
        assert retry["account"] in successors
        assert 0 < retry["time"] - row["time"] < 5_000
    assert (rows["account"][rows["time"] > stage.clock.start + 3 * DAY] >= successors[0]).all()


def test_relay_speaks_with_one_device() -> None:
    """Visits go out under one client, but for genuine ones that are passed on; one proxy an account."""
    stage = empty_stage(days=4)
    rows = requests(stage, [relay(stage, plain_seats(stage, 12), Habit(0.8))])
    clients, counts = np.unique(rows["client"], return_counts=True)
    assert counts.max() / len(rows) == pytest.approx(0.8, abs=0.1)
    assert stage.clients[clients[counts.argmax()]].device_id is not None
    assert len(np.unique(rows[["account", "place"]])) == 12
    assert {stage.params[at].top_p for at in np.unique(rows["params"])} == {None}


@pytest.mark.parametrize("seed", range(4))
def test_pools_without_a_campaign_hold_no_attack(seed: int) -> None:
    """Customers of all sorts, every account of them a relay's."""
    stage = empty_stage(seed, days=6)
    rows = requests(stage, [resale_pool(stage, "pool-1")])
    assert len(rows) > 500
    assert not len(attacks(stage, rows))
    assert {stage.roles[at].label for at in np.unique(rows["account"])} == {"relay"}
    assert len(np.unique(rows["scene"])) >= 4


def test_customers_move_on_from_a_ruined_pool() -> None:
    """Where most accounts are banned at once, requests move to a second pool within days."""
    for seed in range(40):
        stage = empty_stage(seed, days=10)
        rows = requests(stage, [resale_pool(stage, "pool-1")])
        pools = np.array([stage.roles[at].pool for at in rows["account"]])
        if len(set(pools)) == 2:
            break
    second = pools != "pool-1"
    wave = np.median([time for time, _ in stage.lifecycle])
    assert rows["time"][second].min() > wave - DAY
    assert second[rows["time"] > wave + 3 * DAY].mean() > 0.3


def test_demand_is_as_asked() -> None:
    """Customers make the number of requests that they are asked for."""
    stage = empty_stage(days=6)
    rows = customers(stage, stage.rng("customers"), 200, 8_000)
    assert len(requests(stage, [Population("customers", stage, rows)])) == pytest.approx(8_000, rel=0.2)
