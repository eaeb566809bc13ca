"""The feature vector of an account: every catalogue entry, in order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.account import content, context, request

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.catalogue import Feature

FEATURES: Final[tuple[Feature, ...]] = (*content.FEATURES, *request.FEATURES, *context.FEATURES)
NAMES: Final = tuple(feature.name for feature in FEATURES)

_REQUEST: Final = len(content.FEATURES)
_CONTEXT: Final = _REQUEST + len(request.FEATURES)
_END: Final = len(FEATURES)

_content, _request, _context = content.measure, request.measure, context.measure


def catalogue_version() -> str:
    """Changes whenever a feature is added, removed, moved or given another meaning."""
    said = "\n".join(f"{feature.name} {feature.unit} {feature.meaning}" for feature in FEATURES)
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def vectors(table: NDArray[np.void], accounts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Features of `accounts` (rows of `table`), shape (len(accounts), len(FEATURES)); NaN where unknown."""
    out = np.empty((len(accounts), _END))
    _measure(table, accounts, out)
    return out


@njit(cache=True, nogil=True)
def _measure(table: NDArray[np.void], accounts: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    for i in range(accounts.shape[0]):
        state = table[accounts[i]]
        _content(state, out[i, :_REQUEST])
        _request(state, out[i, _REQUEST:_CONTEXT])
        _context(state, out[i, _CONTEXT:])
