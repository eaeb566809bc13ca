"""The feature vector of a population: what an account would have, and what only several have."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.account import vector as account
from features.population import features as shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.catalogue import Feature
    from features.population.table import PopulationTable

FEATURES: Final[tuple[Feature, ...]] = (*account.FEATURES, *shared.FEATURES)
NAMES: Final = tuple(feature.name for feature in FEATURES)

_SHARED: Final = len(account.FEATURES)
_measure = shared.measure


def catalogue_version() -> str:
    """Changes whenever a feature is added, removed, moved or given another meaning."""
    said = "\n".join(f"{feature.name} {feature.unit} {feature.meaning}" for feature in FEATURES)
    return hashlib.blake2b(said.encode(), digest_size=6, person=b"populations").hexdigest()


def vectors(
    table: PopulationTable, accounts: NDArray[np.void], populations: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Features of `populations`, shape (n, len(FEATURES)); `accounts` is the table of their members' rows.

    NaN where unknown. Raises ValueError for a table that does not count requests.
    """
    if not table.counted:
        raise ValueError("table: it does not count requests; make it with counted=True to have features")
    out = np.empty((len(populations), len(FEATURES)))
    out[:, :_SHARED] = account.vectors(table.states, populations)
    _shared(table.groups, table.states, accounts, table.edges, populations, out[:, _SHARED:])
    return out


@njit(cache=True, nogil=True)
def _shared(
    groups: NDArray[np.void],
    states: NDArray[np.void],
    accounts: NDArray[np.void],
    edges: NDArray[np.void],
    populations: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    for i in range(populations.shape[0]):
        at = populations[i]
        _measure(groups[at], states[at], accounts, edges, out[i])
