"""Arrays by account row that grow with the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Integer = TypeVar("_Integer", bound=np.integer)


def reserved(array: NDArray[_Integer], accounts: int, fill: int) -> NDArray[_Integer]:
    """`array` with an entry for each of so many accounts; those that are new hold `fill`."""
    missing = accounts - len(array)
    if missing <= 0:
        return array
    return np.concatenate([array, np.full(missing, fill, dtype=array.dtype)])
