"""Re-routed users: a product serves its own users through a pool of accounts, and keeps the answers.

September 2026 report: several campaigns sent their users' sessions on, stored them, and replayed stored
sessions on other accounts to get at the reasoning behind them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from streaming.simulator.crew import Job, attacker, crew, kit
from streaming.simulator.everyday import agent, chat
from streaming.simulator.family import Effort, Family, spend
from streaming.simulator.habits import habits
from streaming.simulator.pace import pace
from streaming.simulator.playback import Playback, lag_within
from streaming.simulator.population import Population
from streaming.simulator.relay import Relay
from streaming.simulator.requests import HOUR
from streaming.simulator.resale import customers, relayed
from streaming.simulator.script import drawn
from streaming.simulator.seats import relay_habit, take_seats
from streaming.simulator.settings import agent_params, chat_params
from streaming.simulator.texts import Slot, Wording
from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.products import chat_persona
from streaming.simulator.wordings.reasoning import Ask, elicit_reasoning

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streaming.simulator.scenes import Scene
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_NAME: Final = "rerouted_users"
_EACH: Final = 30
"""requests of a customer in a world"""
_ASKS: Final[tuple[Ask, ...]] = ("tags", "memory", "debug")
_CODERS: Final = 0.5
"""share of products that are coding tools"""


def effort(rng: np.random.Generator, scale: float) -> Effort:
    """A pool of tens to hundreds of accounts."""
    return spend(rng, scale, accounts=(20, 350), exchanges=(2_000, 30_000), cover=(0.0, 0.3))


def cast(stage: Stage, name: str, spent: Effort) -> Sequence[Actor]:
    """Users' sessions through the pool; some come back on other accounts, asked for their reasoning."""
    rng = stage.rng(name)
    role = attacker(_NAME, name)
    served = _product(stage, rng)
    first, second = stage.scene(served), stage.scene(_replayed(stage, rng, served))
    pool = max(1, round(spent.accounts * rng.uniform(0.7, 0.9)))
    begin, share = stage.clock.at(rng.uniform(0, 0.25)), float(rng.uniform(0.75, 0.95))
    lag = lag_within(stage, begin, rng.uniform(1, 30) * HOUR)
    users = _users(stage, rng, first, spent.exchanges * share, begin)
    seats = take_seats(stage, rng, role, pool, isolation=spent.isolation, most=pool)
    demand = [Population(f"{name} users", stage, users), *_others(stage, rng, name, spent, share)]
    relay = Relay(name, demand, seats, relay_habit(rng))
    rest = spent.part(spent.accounts - pool, 1 - share)
    job = Job(second, *kit(stage, rng), talk=1.0, begin=begin + lag, steady=True)
    workers = Population(f"{name} replay", stage, crew(stage, rng, role, rest, job))
    return [Playback(stage, relay, workers, quoted=first, quoting=second, lag=lag)]


def _others(
    stage: Stage, rng: np.random.Generator, name: str, spent: Effort, share: float
) -> list[Population]:
    """Customers of the same pool whose answers nobody keeps."""
    if spent.cover <= 0:
        return []
    total = spent.exchanges * share * spent.cover / (1 - spent.cover)
    rows = customers(stage, rng, max(1, round(total / _EACH)), total)
    return [Population(f"{name} others", stage, rows)]


def _product(stage: Stage, rng: np.random.Generator) -> Scene:
    """What users ask, behind the product's own instructions; all of it is kept."""
    coder = rng.random() < _CODERS
    scene = agent(stage.corpus, rng) if coder else chat(stage.corpus, rng)
    system = scene.system if coder else chat_persona(rng, Slot(("",))).system
    return replace(scene, system=system, attack=True, salt=int(rng.integers(1, 1 << 30)))


def _replayed(stage: Stage, rng: np.random.Generator, served: Scene) -> Scene:
    """The first exchange of a stored session, and a demand for the reasoning behind it."""
    ask = pick(rng, _ASKS)
    follow = elicit_reasoning(rng, drawn(stage, rng, "sentences"), ask=ask)
    return replace(served, system=None, follow=Wording.of(follow.whole()), result=None, output=(600.0, 0.5))


def _users(
    stage: Stage, rng: np.random.Generator, scene: int, exchanges: float, begin: int
) -> NDArray[np.void]:
    rows = habits(max(4, round(exchanges / rng.uniform(8, 30))))
    rows["scene"], rows["begin"], rows["end"] = scene, begin, stage.clock.end
    make = pick(rng, (chat_params, agent_params))
    rows["params"] = stage.add_params(relayed(make(rng)))
    rows["client"] = stage.add_clients(stage.market.sdk(rng))
    rows["model"] = rng.choice((1, 2, 2))
    pace(rng, rows, exchanges, 1.0, batch=4.0, talk=float(rng.uniform(2, 7)))
    return rows


FAMILY = Family(_NAME, "Serves its own users through a pool of accounts and keeps the answers.", effort, cast)
