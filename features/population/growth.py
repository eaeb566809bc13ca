"""Arrays by row that grow with their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)


def reserved(array: NDArray[_Scalar], rows: int, fill: Any = None) -> NDArray[_Scalar]:
    """`array` with at least so many rows, new ones of zeros or of `fill`; itself where it is long enough.

    A row may have any shape. It grows by a half at least, so that growing row by row takes linear time.
    """
    if rows <= len(array):
        return array
    # zeros, not empty: the system gives memory for a page when it is first written
    more = max(rows, len(array) + len(array) // 2)
    grown: NDArray[_Scalar] = np.zeros((more, *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    if fill is not None:
        grown[len(array) :] = fill
    return grown
