"""The accounts behind a relay: bought in cells, banned one by one or at once, each with its proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.bans import record_bans
from streaming.simulator.cells import staff
from streaming.simulator.facts import Client
from streaming.simulator.relay import Habit, Seats
from streaming.simulator.requests import DAY, HOUR, MINUTE, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.stage import Role, Stage

_TENANCIES: Final = 3
_LIFE: Final = 3.0
"""mean life of an account, in lengths of the world"""
_STICKY: Final = (20 * MINUTE, 60 * MINUTE, 60 * MINUTE, 120 * MINUTE)
_RUIN: Final = (0.6, 1.0)
"""share of seats that a wave of bans takes"""


def relay_habit(rng: np.random.Generator) -> Habit:
    """How some reseller has set its relay up."""
    return Habit(float(rng.uniform(0.7, 1.0)), _STICKY[int(rng.integers(len(_STICKY)))])


def take_seats(
    stage: Stage,
    rng: np.random.Generator,
    role: Role,
    seats: int,
    *,
    isolation: float | None = None,
    most: int | None = None,
    wave: int | None = None,
) -> Seats:
    """Seats and all the accounts that will sit on them; at most `most` accounts, on fewer seats if need be.

    After `wave`, most accounts that sit there then are banned within hours.
    """
    until = _bans(stage, rng, seats, wave)
    reached = np.c_[np.ones(seats, dtype=bool), until[:, :-1] < stage.clock.end]
    if most is not None:
        fits = np.cumsum(reached.sum(axis=1)) <= most
        fits[0] = True
        until, reached = until[fits], reached[fits]
    held = staff(
        stage, rng, role, int(reached.sum()),
        float(rng.uniform(0.3, 1.0)) if isolation is None else isolation, stage.market.coder,
    )  # fmt: skip
    order = rng.permutation(len(held))
    held["place"] += (rng.random(len(held)) * held["places"]).astype(np.int32)
    accounts, place = _spread(held["account"][order], reached), _spread(held["place"][order], reached)
    record_bans(stage, accounts[reached].tolist(), until[reached].tolist())
    return Seats(accounts, until, place, np.full(accounts.shape, _client(stage, rng), dtype=np.int32))


def _bans(stage: Stage, rng: np.random.Generator, seats: int, wave: int | None) -> NDArray[np.int64]:
    life = rng.exponential(stage.clock.days * _LIFE, (seats, _TENANCIES)) * DAY
    until = stage.clock.start + np.cumsum(life, axis=1).astype(np.int64)
    if wave is not None:
        hit = rng.random(seats) < rng.uniform(*_RUIN)
        until[hit, 0] = wave + (rng.random(int(hit.sum())) * 4 * HOUR).astype(np.int64)
        until[hit, 1:] = np.maximum(until[hit, 1:], until[hit, :1] + DAY)
    until[:, -1] = NEVER
    return until


def _spread(values: NDArray[np.int32], reached: NDArray[np.bool_]) -> NDArray[np.int32]:
    """One value for each tenancy that comes about; the others are never looked at."""
    table = np.zeros(reached.shape, dtype=np.int32)
    table[reached] = values
    return table


def _client(stage: Stage, rng: np.random.Generator) -> int:
    """One name and one device for all that the relay sends as itself."""
    agent = stage.market.coder(rng)
    return stage.add_clients(Client(agent.user_agent, agent.ja4, f"{int(rng.integers(1 << 62)):016x}"))
