"""The 95 % interval of a share."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z95: Final = 1.959964
"""Two-sided 95 % point of the normal distribution."""


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Score interval of `hits` out of `n` (Wilson 1927); (0, 1) where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    share, weight = hits / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / n + weight / (4 * n))
    # Rounding must not leave an end of 1e-18 where the formula says exactly 0 or 1.
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    return low, 1.0 if hits == n else min(1.0, centre + half)
