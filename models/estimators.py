"""Fitted estimators on disk, by skops. Scoring needs none of them: reading them loads all of scikit-learn.

Trees are not among them. What decides is their arrays, and a second form of them, which nothing reads, took
thousands of times as long to load as the rest and had to be trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import skops.io

from models.anomaly import AnomalyScorer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


def write_anomaly(path: Path, anomaly: AnomalyScorer) -> None:
    """Write what the anomaly rank is made of but its arrays."""
    estimators = {"marginals": anomaly.marginals, "bulk": anomaly.bulk}
    skops.io.dump(estimators, path, compression=8, compresslevel=9)


def read_anomaly(path: Path, arrays: Mapping[str, NDArray[Any]]) -> AnomalyScorer:
    """The anomaly scorer; raises `TypeError` for a file with types that `write_anomaly` does not write."""
    estimators = skops.io.load(path)
    return AnomalyScorer(
        estimators["marginals"], estimators["bulk"],
        arrays["anomaly_columns"], arrays["anomaly_usual"], arrays["anomaly_ranks"],
    )  # fmt: skip
