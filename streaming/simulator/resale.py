"""Resale pools: customers of all sorts behind accounts that a reseller bought."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.everyday import everyday
from streaming.simulator.family import log_uniform
from streaming.simulator.habits import habits
from streaming.simulator.pace import mean_requests
from streaming.simulator.population import Population
from streaming.simulator.relay import Relay
from streaming.simulator.requests import HOUR
from streaming.simulator.seats import relay_habit, take_seats
from streaming.simulator.settings import agent_params, chat_params
from streaming.simulator.stage import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_CODERS: Final = 0.35
"""share of customers with a coding client"""
_RUINED: Final = 0.3
"""share of pools that lose most accounts at once"""
_STOCK: Final = 40
"""parameter settings and clients that the customers of a pool have"""


class Together:
    """Actors that are one to the world."""

    def __init__(self, name: str, actors: Sequence[Actor]) -> None:
        self.name = name
        self._actors = actors

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return sum(actor.expected(end) for actor in self._actors)

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""
        for actor in self._actors:
            actor.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """What all of them send."""
        return np.concatenate([actor.requests(start, end, rng) for actor in self._actors])


def resale_pool(stage: Stage, name: str) -> Actor:
    """A pool without a campaign; some lose most of their accounts at once, and customers to a second pool."""
    rng = stage.rng("resale", name)
    seats = round(log_uniform(rng, 20, 150))
    rows = customers(stage, rng, int(seats * rng.uniform(2, 5)))
    role = Role("relay", "relay", pool=name)
    if rng.random() < _RUINED:
        return _ruined(stage, rng, name, rows, seats)
    demand = Population(f"{name} customers", stage, rows)
    return Relay(name, [demand], take_seats(stage, rng, role, seats), relay_habit(rng))


def customers(
    stage: Stage, rng: np.random.Generator, count: int, total: float | None = None
) -> NDArray[np.void]:
    """Habits of a reseller's customers; together they make about `total` requests in the world."""
    rows = habits(count)
    ordinary = everyday(stage, rng)
    codes = rng.random(count) < _CODERS
    tastes = ordinary.first + rng.choice(ordinary.plain, count, p=_tastes(ordinary.plain))
    rows["scene"] = np.where(codes, ordinary.agent, tastes)
    rows["sessions"] = rng.lognormal(-0.3, 0.9, count)
    rows["turns"] = np.where(codes, 9.0, 3.0)
    rows["peak"] = rng.normal(rng.uniform(0, 24), 3, count) % 24
    rows["account"] = rng.integers(2, size=count)
    rows["model"] = rng.choice((0, 1, 2, 2), count)
    _equip(stage, rng, rows, codes)
    if total is not None:
        days = stage.clock.days
        rows["sessions"] *= total / (mean_requests(rows, stage.clock.start, stage.clock.end).sum() * days)
    return rows


def relayed(params: Params) -> Params:
    """What a relay passes on of its customers' parameters."""
    return replace(params, top_p=None)


def _tastes(scenes: int) -> NDArray[np.float64]:
    """Most customers chat; the rest have small programs."""
    return np.array([0.6, 0.1, *[0.3 / (scenes - 2)] * (scenes - 2)])


def _equip(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], codes: NDArray[np.bool_]) -> None:
    market = stage.market
    chosen = rng.integers(_STOCK, size=len(rows)).astype(np.int32)
    talk = stage.add_params(*(relayed(chat_params(rng)) for _ in range(_STOCK)))
    work = stage.add_params(*(relayed(agent_params(rng)) for _ in range(_STOCK)))
    apps = stage.add_clients(*(market.sdk(rng) for _ in range(_STOCK)))
    coders = stage.add_clients(*(market.coder(rng) for _ in range(_STOCK)))
    rows["params"] = np.where(codes, work, talk) + chosen
    rows["client"] = np.where(codes, coders, apps) + chosen


def _ruined(stage: Stage, rng: np.random.Generator, name: str, rows: NDArray[np.void], seats: int) -> Actor:
    """Most accounts are banned within hours; most customers are back on another pool a while later."""
    wave = stage.clock.at(rng.uniform(0.25, 0.7))
    leaves = rng.random(len(rows)) < rng.uniform(0.5, 0.95)
    stays = rows.copy()
    stays["end"][leaves] = wave + (rng.random(int(leaves.sum())) * 12 * HOUR).astype(np.int64)
    moved = rows[leaves].copy()
    moved["begin"] = stays["end"][leaves] + (rng.exponential(18, len(moved)) * HOUR).astype(np.int64)
    first = take_seats(stage, rng, Role("relay", "relay", pool=name), seats, wave=wave)
    other = f"{name}-next"
    larger = max(4, int(seats * rng.uniform(0.5, 1.2)))
    second = take_seats(stage, rng, Role("relay", "relay", pool=other), larger)
    relays = (
        Relay(name, [Population(f"{name} customers", stage, stays)], first, relay_habit(rng)),
        Relay(other, [Population(f"{other} customers", stage, moved)], second, relay_habit(rng)),
    )
    return Together(name, relays)
