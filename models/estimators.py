"""Fitted estimators on disk, by skops. Scoring needs none of them: reading them loads all of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import skops.io

from models.anomaly import AnomalyScorer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_TRUSTED: Final = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
"""Types that skops does not know by itself and that we have looked at: plain trees."""


def write_estimators(path: Path, models: Mapping[str, Any], anomaly: AnomalyScorer) -> None:
    """Write the boosted models, for whoever looks into them, and what the anomaly rank is made of."""
    estimators = {**models, "marginals": anomaly.marginals, "bulk": anomaly.bulk}
    skops.io.dump(estimators, path, compression=8, compresslevel=9)


def read_anomaly(path: Path, arrays: Mapping[str, NDArray[Any]]) -> AnomalyScorer:
    """The anomaly scorer; raises `TypeError` for a file with types that `write_estimators` does not write."""
    estimators = skops.io.load(path, trusted=_TRUSTED)
    return AnomalyScorer(
        estimators["marginals"], estimators["bulk"],
        arrays["anomaly_columns"], arrays["anomaly_usual"], arrays["anomaly_ranks"],
    )  # fmt: skip
