"""Distillation at a few to thirty per cent of a resale pool, among customers who know nothing of it.

One proxy network ran over 20,000 accounts and mixed a campaign with unrelated requests (February 2026 post).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import kit
from streaming.simulator.family import Effort, Family, log_uniform
from streaming.simulator.habits import habits
from streaming.simulator.pace import pace
from streaming.simulator.population import Population
from streaming.simulator.purposes import any_purpose
from streaming.simulator.relay import Relay
from streaming.simulator.resale import customers, relayed
from streaming.simulator.seats import relay_habit, take_seats
from streaming.simulator.stage import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "relay_mixed"
_EACH: Final = 30
"""requests of a customer in a world"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A pool of tens to hundreds of accounts; most of what it carries is not the campaign's."""
    accounts = max(3, round(scale * log_uniform(rng, 20, 300)))
    cover = 1 - log_uniform(rng, 0.05, 0.3)
    carried = scale * log_uniform(rng, 5_000, 40_000)
    spent = max(accounts, round(carried * (1 - cover)))
    return Effort(accounts, spent, cover, round(log_uniform(rng, 1, 6)), float(rng.uniform(0.3, 1)))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """A pool and its customers; the campaign is one customer more, with several workers.

    Cover is the share of the pool's requests that are its other customers'.
    """
    rng = stage.rng(name)
    role = Role("distillation", "relay", _NAME, name, pool=f"{name} pool")
    seats = take_seats(stage, rng, role, spent.accounts, isolation=spent.isolation, most=spent.accounts)
    demand = [Population(f"{name} buyer", stage, _workers(stage, rng, spent))]
    if spent.cover > 0:
        ordinary = spent.exchanges * spent.cover / (1 - spent.cover)
        rows = customers(stage, rng, max(1, round(ordinary / _EACH)), ordinary)
        demand.append(Population(f"{name} customers", stage, rows))
    return [Relay(name, demand, seats, relay_habit(rng))]


def _workers(stage: Stage, rng: np.random.Generator, spent: Effort) -> NDArray[np.void]:
    params, client = kit(stage, rng)
    rows = habits(int(rng.integers(2, 20)))
    # A relay knows its customers by no account of ours; half of these open a session for every request.
    rows["account"] = rng.integers(2)
    rows["scene"] = stage.scene(any_purpose(stage, rng, spent.wordings))
    rows["params"] = stage.add_params(*(relayed(each) for each in params))
    rows["params_count"] = len(params)
    rows["client"] = stage.add_clients(client(rng))
    rows["model"] = rng.choice((1, 2, 2))
    rows["begin"], rows["end"] = stage.clock.at(rng.uniform(0, 0.3)), stage.clock.end
    pace(rng, rows, spent.exchanges, spent.human, batch=log_uniform(rng, 2, 20))
    return rows


FAMILY = Family(_NAME, "Hides distillation among the customers of a resale pool.", effort, cast)
