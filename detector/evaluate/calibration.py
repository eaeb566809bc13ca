"""Whether scores are probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.grades import Bin, Calibration
from detector.evaluate.rates import Rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS: Final = 10


def grade_calibration(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> Calibration:
    """Expected calibration error over ten bins of equal width, and the Brier score.

    Naeini et al., AAAI 2015, and Brier, Monthly Weather Review 1950. Empty bins are left out.
    """
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    inside = [place == at for at in range(BINS)]
    bins = tuple(Bin(float(scores[at].mean()), Rate.among(positive[at])) for at in inside if at.any())
    off = sum(abs(found.mean - found.rate.value) * found.rate.n for found in bins)
    return Calibration(off / len(scores), float(np.mean((scores - positive) ** 2)), len(scores), bins)
