"""Cells: accounts of one operation that share a payment, a network or a client, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from streaming.simulator.customers import BUSINESS, DEVELOPER, PERSON, STUDENT
from streaming.simulator.facts import Client
from streaming.simulator.habits import habits
from streaming.simulator.people import SignUp, card, organisation, sign_up
from streaming.simulator.wordings.grammar import pick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streaming.simulator.stage import Role, Stage

MakeClient: TypeAlias = Callable[[np.random.Generator], Client]

_NETWORKS: Final = ("cloud", "vpn", "home", "residential_proxy", "mobile", "office")
_LARGEST: Final = 40
_IN_COMMON: Final = 0.85
"""chance that a cell shares each of payment, network and client"""
_ONE_ORGANISATION: Final = 0.3
_ONE_BATCH: Final = 0.6
"""chance that a cell signed up within days"""
_NEW: Final = 0.7
"""share of operations whose accounts are no older than need be"""
_ROUTES: Final = (DEVELOPER, DEVELOPER, BUSINESS, BUSINESS, PERSON, STUDENT)


def sign_up_route(rng: np.random.Generator) -> SignUp:
    """How the accounts of an operation are come by: like honest ones of some sort, new or aged."""
    route = pick(rng, _ROUTES)
    oldest = float(np.exp(rng.uniform(np.log(10), np.log(route.age_days[1]))))
    return replace(route, age_days=(0.3, oldest)) if rng.random() < _NEW else route


def staff(
    stage: Stage,
    rng: np.random.Generator,
    role: Role,
    count: int,
    isolation: float,
    client: MakeClient,
) -> NDArray[np.void]:
    """Habits of `count` new accounts with place and client; a share `isolation` of them are cells of one."""
    how = sign_up_route(rng)
    rows = habits(count)
    first = 0
    for size in _sizes(rng, count, isolation):
        _settle(stage, rng, role, rows[first : first + size], client, how)
        first += size
    return rows


def _sizes(rng: np.random.Generator, count: int, isolation: float) -> Iterator[int]:
    alone = round(isolation * count)
    yield from (1 for _ in range(alone))
    left = count - alone
    while left:
        size = min(left, round(np.exp(rng.uniform(np.log(2), np.log(_LARGEST)))))
        # A last account on its own would be one more isolated one.
        size = left if left - size == 1 else size
        yield size
        left -= size


def _settle(
    stage: Stage,
    rng: np.random.Generator,
    role: Role,
    cell: NDArray[np.void],
    client: MakeClient,
    how: SignUp,
) -> None:
    cell["account"] = sign_up(stage, rng, role, len(cell), how if len(cell) == 1 else _together(rng, how))
    for part in _parts(rng, cell):
        count = int(rng.integers(1, 4 if len(part) == 1 else 8))
        part["place"] = stage.add_places(stage.market.places(rng, str(rng.choice(_NETWORKS)), count))
        part["places"] = count
    for part in _parts(rng, cell):
        part["client"] = stage.add_clients(client(rng))


def _together(rng: np.random.Generator, how: SignUp) -> SignUp:
    low, high = how.age_days
    begun = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return replace(
        how,
        payment=card(rng) if rng.random() < _IN_COMMON else None,
        org=organisation(rng) if rng.random() < _ONE_ORGANISATION else None,
        age_days=(begun, begun + float(rng.uniform(0.1, 4))) if rng.random() < _ONE_BATCH else how.age_days,
    )


def _parts(rng: np.random.Generator, cell: NDArray[np.void]) -> list[NDArray[np.void]]:
    """The whole cell where it shares something, else each account."""
    if len(cell) == 1 or rng.random() < _IN_COMMON:
        return [cell]
    return [cell[at : at + 1] for at in range(len(cell))]
