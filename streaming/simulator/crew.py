"""Crews: the accounts of a campaign, signed up, equipped and paced as far as its effort goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.habits import habits
from streaming.simulator.people import SignUp, card, organisation, sign_up
from streaming.simulator.requests import DAY
from streaming.simulator.settings import settle
from streaming.simulator.stage import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.facts import Client, Params, Place
    from streaming.simulator.family import Effort
    from streaming.simulator.stage import Stage

NETWORKS: Final = ("cloud", "vpn", "home", "residential_proxy", "mobile", "office")


def crew(
    stage: Stage,
    rng: np.random.Generator,
    role: Role,
    effort: Effort,
    *,
    begin: int,
    end: int,
    params: Sequence[Params],
    clients: Sequence[Client],
    batch: float = 20.0,
    how: SignUp | None = None,
) -> NDArray[np.void]:
    """Habits of `effort.accounts` accounts that make `effort.exchanges` requests in [begin, end) ms.

    Scenes are left to the caller. `batch` is the median of requests in one go of a worker; people's pauses
    and hours take its place as `effort.human` rises. Accounts that are not isolated share an organisation's
    payment, an operator's addresses and a client among some of them.
    """
    rows = habits(effort.accounts)
    rows["begin"], rows["end"] = begin, end
    rows["account"] = _accounts(stage, rng, role, effort, how or SignUp(age_days=(0.3, 60.0), human=0.1))
    _pace(rng, rows, effort, (end - begin) / DAY, batch)
    _equip(stage, rng, rows, effort, params, clients)
    return rows


def _accounts(
    stage: Stage, rng: np.random.Generator, role: Role, effort: Effort, how: SignUp
) -> NDArray[np.int32]:
    """Signed up in groups that share a payment, or each on its own."""
    found: list[NDArray[np.int32]] = []
    left = effort.accounts
    while left:
        alone = rng.random() < effort.isolation
        size = 1 if alone else min(left, int(rng.integers(2, 12)))
        group = how if alone else replace(how, payment=card(rng), org=_maybe(rng, organisation(rng)))
        found.append(sign_up(stage, rng, role, size, group))
        left -= size
    return np.concatenate(found)


def _pace(
    rng: np.random.Generator, rows: NDArray[np.void], effort: Effort, days: float, batch: float
) -> None:
    """Near-equal shares of the work; from workers round the clock to a person's day."""
    human = effort.human
    count = len(rows)
    share = rng.lognormal(0, 0.15 + 0.6 * human, count)
    each = effort.exchanges / count / max(days, 1e-6) * share / share.mean()
    turns = np.clip(batch ** (1 - human) * 4.0**human, 1, np.maximum(each, 1))
    rows["turns"], rows["turns_sigma"] = turns, 0.3 + 0.4 * human
    # The mean of a lognormal lies above its median.
    rows["sessions"] = each / (turns * np.exp(rows["turns_sigma"] ** 2 / 2))
    rows["gap"] = np.exp(rng.normal(np.log(6 * 12**human), 0.4))
    rows["gap_sigma"] = 0.25 + 0.75 * human
    rows["daily"], rows["weekend"] = 1.6 * human, 1 - 0.35 * human
    rows["burst"] = 1 + 8 * (1 - human)
    rows["peak"] = rng.normal(rng.uniform(0, 24), 2 + 6 * human, count) % 24
    rows["errors"] = rng.uniform(0.002, 0.03)


def _equip(
    stage: Stage,
    rng: np.random.Generator,
    rows: NDArray[np.void],
    effort: Effort,
    params: Sequence[Params],
    clients: Sequence[Client],
) -> None:
    """One network and client each where isolated; else those of a small stock."""
    stock = [_network(stage, rng) for _ in range(max(1, len(rows) // 25))]
    equipment = stage.add_params(*params)
    settle(
        stage, rng, rows,
        params=[()] * len(rows),
        networks=[(str(rng.choice(NETWORKS)), int(rng.integers(1, 4))) for _ in rows],
        clients=[(clients[int(rng.integers(len(clients)))],) for _ in rows],
    )  # fmt: skip
    rows["params"], rows["params_count"] = equipment, len(params)
    shares = rng.random(len(rows)) >= effort.isolation
    chosen = rng.integers(len(stock), size=len(rows))
    first = np.array([stage.add_places(places) for places in stock])
    rows["place"] = np.where(shares, first[chosen], rows["place"])
    rows["places"] = np.where(shares, len(stock[0]), rows["places"])


def _network(stage: Stage, rng: np.random.Generator) -> list[Place]:
    return stage.market.places(rng, str(rng.choice(NETWORKS)), 6)


def _maybe(rng: np.random.Generator, value: str) -> str | None:
    return value if rng.random() < 0.3 else None  # noqa: PLR2004 - most groups are not one organisation
