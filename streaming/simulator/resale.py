"""Resale pools: customers of all sorts behind accounts that a reseller bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.facts import Client
from streaming.simulator.habits import habits
from streaming.simulator.people import SignUp, sign_up
from streaming.simulator.population import Population
from streaming.simulator.relay import Relay, Seats
from streaming.simulator.requests import DAY, NEVER
from streaming.simulator.scenes import Scene
from streaming.simulator.settings import agent_params, chat_params, settle
from streaming.simulator.stage import Role
from streaming.simulator.texts import Slot, Template, Wording
from streaming.simulator.wordings.answers import code, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.simulator.stage import Stage

_TENANCIES: Final = 3
_CODING: Final = 0.35
"""share of customers that write code"""


def resale_pool(
    stage: Stage,
    name: str,
    *,
    seats: int | None = None,
    customers: int | None = None,
    extra: Sequence[Population] = (),
    role: Role | None = None,
    begin: int | None = None,
) -> Relay:
    """A pool with its customers; `extra` demand goes through the same accounts."""
    rng = stage.rng("resale", name)
    seats = seats or int(rng.integers(20, 120))
    customers = customers or int(seats * rng.uniform(2, 5))
    role = role or Role("relay", "relay", pool=name)
    demand = [_customers(stage, rng, f"{name} customers", customers, begin), *extra]
    return Relay(name, demand, _seats(stage, rng, role, seats), float(rng.uniform(0.7, 1.0)))


def _customers(
    stage: Stage, rng: np.random.Generator, name: str, count: int, begin: int | None
) -> Population:
    rows = habits(count)
    rows["begin"] = begin or 0
    chat, coding = _scenes(stage, rng)
    codes = rng.random(count) < _CODING
    rows["scene"] = np.where(codes, coding, chat)
    rows["sessions"] = rng.lognormal(-0.3, 0.9, count)
    rows["turns"] = np.where(codes, 6.0, 3.0)
    rows["peak"] = rng.normal(rng.uniform(0, 24), 3, count) % 24
    settle(
        stage, rng, rows,
        params=[[agent_params(rng) if coder else chat_params(rng)] for coder in codes],
        networks=[("home", 1)] * count,
        clients=[[stage.market.coder(rng) if coder else stage.market.sdk(rng)] for coder in codes],
    )  # fmt: skip
    return Population(name, stage, rows)


def _scenes(stage: Stage, rng: np.random.Generator) -> tuple[int, int]:
    def each(kind: str, salt: int) -> Wording:
        return Wording.of(Template(("", ""), (Slot(stage.corpus.pool(kind).texts, salt),)))

    chat = Scene(each("chat", 0), prose(stage.corpus, rng), follow=each("followups", 1))
    coding = Scene(each("code_tasks", 0), code(stage.corpus, rng), follow=each("followups", 1), output=(500, 0.8))
    return stage.scene(chat), stage.scene(coding)


def _seats(stage: Stage, rng: np.random.Generator, role: Role, seats: int) -> Seats:
    """Bought accounts, some of which are banned in the course of the world and followed by others."""
    shape = (seats, _TENANCIES)
    accounts = sign_up(
        stage, rng, role, seats * _TENANCIES, SignUp(age_days=(0.3, 120), shared_card=0.2, human=0.05)
    )
    life = rng.exponential(stage.clock.days * 3, shape) * DAY
    until = stage.clock.start + np.cumsum(life, axis=1).astype(np.int64)
    until[:, -1] = NEVER
    agent = stage.market.coder(rng)
    device = f"{int(rng.integers(1 << 62)):016x}"
    client = stage.add_clients(Client(agent.user_agent, agent.ja4, device))
    proxies = [stage.market.places(rng, "residential_proxy" if rng.random() < 0.5 else "vpn")[0] for _ in accounts]  # noqa: PLR2004 - half and half
    place = stage.add_places(proxies) + np.arange(len(accounts), dtype=np.int32)
    return Seats(accounts.reshape(shape), until, place.reshape(shape), np.full(shape, client, dtype=np.int32))
