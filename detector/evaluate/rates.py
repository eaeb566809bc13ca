"""Measured figures that carry their n and their 95 % interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from models.rates import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RULE_OF_THREE: Final = 3
"""No hit in n independent trials bounds the rate by 3/n at 95 % (Hanley and Lippman-Hand, JAMA 1983)."""


class Rate(msgspec.Struct, frozen=True):
    """A share of counted things, with its Wilson interval."""

    hits: int
    n: int
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, n: int) -> Rate:
        """`hits` out of `n`; of nothing, the interval is everything."""
        low, high = wilson(hits, n)
        return cls(hits, n, low, high)

    @classmethod
    def among(cls, found: NDArray[np.bool_]) -> Rate:
        """How many of `found` are true."""
        return cls.of(int(found.sum()), len(found))

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.hits / self.n if self.n else float("nan")

    def can_support(self, limit: float) -> bool:
        """Whether n is large enough that no hit at all would show the rate to be at most `limit`."""
        return self.n * limit >= RULE_OF_THREE

    def shows(self, limit: float) -> bool:
        """Whether the rate is shown to be at most `limit`: no hit in enough trials, or the whole interval."""
        return self.can_support(limit) and (self.hits == 0 or self.high <= limit)


class Estimate(msgspec.Struct, frozen=True):
    """A figure that is no plain share, with an interval from resampling."""

    value: float
    low: float
    high: float
    n: int
    """accounts or campaigns behind it"""


def macro(rates: Mapping[str, Rate]) -> float | None:
    """Mean of the shares, each kind counting the same; None of nothing."""
    return sum(rate.value for rate in rates.values()) / len(rates) if rates else None


def estimate(value: float | None, resampled: NDArray[np.float64], n: int) -> Estimate | None:
    """`value` with the middle 95 % of its resampled values; None where there is no value."""
    if value is None:
        return None
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Estimate(value, float(low), float(high), n)
