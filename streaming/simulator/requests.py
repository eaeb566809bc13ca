"""Requests before they are text: rows of numbers that refer to scenes, parameters, networks and clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

REQUEST: Final = np.dtype(
    [
        ("time", np.int64),  # ms since 1970
        ("session", np.uint64),
        ("seed", np.uint64),
        ("user", np.uint64),  # the customer's own user; 0 for none
        ("item", np.int64),
        ("account", np.int32),
        ("scene", np.int32),
        ("params", np.int32),
        ("place", np.int32),
        ("client", np.int32),
        ("output", np.int32),  # tokens
        ("take", np.int32),
        ("turn", np.int16),
        ("model", np.int16),
        ("status", np.int16),
        ("refused", np.bool_),  # the model declined
    ]
)

Row: TypeAlias = Any
"""One row in a kernel; NumPy's types know no field of it."""

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
NEVER: Final = 1 << 62


def none() -> NDArray[np.void]:
    """No requests."""
    return np.zeros(0, dtype=REQUEST)
