"""Caps of influence: nobody's statements may outweigh a share of all that is learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_ROUNDS: Final = 200
_CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Caps:
    """Largest share of the weight of all labels and worlds together."""

    author: float = 0.10
    organisation: float = 0.05
    account: float = 0.01


@dataclass(frozen=True, slots=True)
class Capped:
    """Somebody whose weight was cut."""

    what: str
    """author, organisation or account"""
    name: str
    before: float
    """share of the whole, had nobody been cut"""
    after: float


def capped(
    weights: NDArray[np.float64], keys: Mapping[str, NDArray[np.str_]], caps: Mapping[str, float], rest: float
) -> tuple[NDArray[np.float64], tuple[Capped, ...]]:
    """Weights, shape (n,), of which no key holds more than its cap of the whole, and whose were cut.

    The whole is their sum and the `rest`, which is nobody's. `keys` says whose each weight is, of each kind
    of `caps`; an empty key is nobody's. Cutting some raises the share of the others, so it is repeated until
    all hold, or nearly: what is then still too much of the whole is taken from all alike.
    """
    out = weights.astype(np.float64).copy()
    # The narrowest first: what it takes away may be all that a wider one would.
    narrowest = sorted(caps.items(), key=lambda one: one[1])
    for _ in range(_ROUNDS):
        before = out.sum()
        for what, cap in narrowest:
            _cut(out, keys[what], cap, rest)
        if out.sum() >= before * (1 - _CLOSE):
            break
    within = min((_within(out, keys[what], cap, rest) for what, cap in caps.items()), default=1.0)
    if within < 1 - _CLOSE:
        out *= within
    return out, tuple(_told(weights, out, keys, caps, rest))


def _cut(weights: NDArray[np.float64], keys: NDArray[np.str_], cap: float, rest: float) -> None:
    names, at = np.unique(keys, return_inverse=True)
    sums = np.bincount(at, weights, len(names))
    allowed = cap * (sums.sum() + rest)
    over = (sums > allowed) & (names != "")
    factor = np.where(over, allowed / np.maximum(sums, 1e-300), 1.0)
    weights *= factor[at]


def _within(weights: NDArray[np.float64], keys: NDArray[np.str_], cap: float, rest: float) -> float:
    """The largest part of all weights with which no key is above its cap."""
    names, at = np.unique(keys, return_inverse=True)
    sums = np.bincount(at, weights, len(names))
    excess = np.where(names == "", 0.0, sums - cap * sums.sum())
    return cap * rest / max(float(excess.max(initial=0.0)), 1e-300)


def _told(
    before: NDArray[np.float64], after: NDArray[np.float64], keys: Mapping[str, NDArray[np.str_]],
    caps: Mapping[str, float], rest: float,
) -> Sequence[Capped]:  # fmt: skip
    told: list[Any] = []
    for what, cap in caps.items():
        names, at = np.unique(keys[what], return_inverse=True)
        was = np.bincount(at, before, len(names)) / max(before.sum() + rest, 1e-300)
        now = np.bincount(at, after, len(names)) / max(after.sum() + rest, 1e-300)
        cut = np.flatnonzero((was > cap * (1 + _CLOSE)) & (names != ""))
        told += [Capped(what, str(names[i]), float(was[i]), float(now[i])) for i in cut]
    return told
