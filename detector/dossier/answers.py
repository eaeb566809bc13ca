"""How many requests of an account were answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def answered(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Answered requests of `rows` of ACCOUNT_ROW, shape (n,).

    What was answered is counted with a half-life, all requests are counted for good: of these the same share.
    """
    share = rows["ok"] / np.maximum(rows["events"], 1)
    number: NDArray[np.int64] = np.rint(rows["total"] * np.minimum(share, 1.0)).astype(np.int64)
    return number
