"""Calibration: from out-of-fold logits to probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression

from models.scorer import Calibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def calibrate(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> Calibration:
    """Fit Platt scaling (Platt 1999) of `logits`, shape (n,), to what was true."""
    model = LogisticRegression(C=1e6).fit(logits[:, None], truth)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))
