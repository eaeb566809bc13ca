"""Equipment: parameters, addresses and clients for many accounts at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streaming.simulator.facts import Params
    from streaming.simulator.stage import Stage

Shares: TypeAlias = tuple[tuple[str, float], ...]
"""Names with their weights."""

LOOPED: Final[Shares] = (("sdk", 0.85), ("coder", 0.15))
"""Libraries, and coding tools' command lines that a script calls for each item."""

_STOCK: Final = 400
"""Choices of parameters among the accounts of one kind: tutorials, defaults and templates get copied."""
_NOON: Final = {
    "US": 18, "CA": 17, "BR": 15, "GB": 12, "NG": 11, "DE": 11, "FR": 11, "NL": 11, "PL": 11,
    "IN": 6, "VN": 5, "SG": 4, "CN": 4, "KR": 3, "JP": 3,
}  # fmt: skip
"""Noon in UTC, by country."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What accounts of one kind use."""

    params: Callable[[np.random.Generator], Params]
    networks: Shares
    clients: Shares
    addresses: int = 3
    """at most, of an account"""
    roams: bool = True
    """addresses are of several operators"""
    settings: int = 2
    """parameter choices of an account, at most"""


def equip(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], kit: Kit) -> None:
    """Give every habit what the kit holds; a person's day peaks by the clock of the first address."""
    count = len(rows)
    stock = [kit.params(rng) for _ in range(min(_STOCK, 2 * count + kit.settings))]
    first = stage.add_params(*stock)
    rows["params_count"] = rng.integers(1, kit.settings + 1, count)
    rows["params"] = first + (rng.random(count) * (len(stock) - kit.settings + 1)).astype(np.int64)
    _addresses(stage, rng, rows, kit)
    rows["client"] = stage.add_clients(*stage.market.clients(rng, drawn(rng, kit.clients, count)))
    rows["client"] += np.arange(count, dtype=np.int32)


def _addresses(stage: Stage, rng: np.random.Generator, rows: NDArray[np.void], kit: Kit) -> None:
    counts = rng.integers(1, kit.addresses + 1, len(rows))
    kinds = drawn(rng, kit.networks, len(rows))
    places = stage.market.addresses(rng, kinds, counts, roams=kit.roams)
    offset = np.cumsum(counts) - counts
    rows["place"], rows["places"] = stage.add_places(places) + offset, counts
    noon = [_NOON[places[at].client_country] for at in offset.tolist()]
    rows["peak"] = (np.array(noon) + rng.normal(2.5, 3.0, len(rows))) % 24


def drawn(rng: np.random.Generator, shares: Shares, count: int) -> list[str]:
    """`count` names by their weights."""
    weights = np.array([weight for _, weight in shares])
    chosen = rng.choice(len(shares), size=count, p=weights / weights.sum())
    return [shares[at][0] for at in chosen.tolist()]
