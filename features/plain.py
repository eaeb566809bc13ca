"""Structured rows moved as plain bytes: NumPy copies them field by field, which takes ten times as long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def taken(rows: NDArray[np.void], index: NDArray[np.int64]) -> NDArray[np.void]:
    """`rows[index]`, a copy; for rows without references to Python objects, shape (n,)."""
    found: NDArray[np.void] = _plain(rows)[index].view(rows.dtype)
    return found


def joined_rows(parts: Sequence[NDArray[np.void]], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """The rows of all `parts`, each of `dtype`, in order, a copy; no part gives none."""
    plain = [np.zeros(0, np.dtype((np.void, dtype.itemsize))), *map(_plain, parts)]
    joined: NDArray[np.void] = np.concatenate(plain).view(dtype)
    return joined


def _plain(rows: NDArray[np.void]) -> NDArray[np.void]:
    plain: NDArray[np.void] = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize)))
    return plain
