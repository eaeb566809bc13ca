from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.anomaly import AnomalyScorer, fit_anomaly

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = np.array([0, 2, 3])


@pytest.fixture(scope="module")
def anomaly() -> AnomalyScorer:
    """Fitted on 200 ordinary rows, a column of which nobody has a value for."""
    vectors = np.random.default_rng(0).normal(size=(200, 4))
    vectors[:, 3] = np.nan
    return fit_anomaly(vectors, COLUMNS, seed=1)


@settings(max_examples=20)
@given(hnp.arrays(np.float64, (4, 4), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
def test_ranks_lie_between_zero_and_one(anomaly: AnomalyScorer, vectors: NDArray[np.float64]) -> None:
    """Any row has a rank among the reference accounts."""
    ranks = anomaly.score(vectors)

    assert ((ranks >= 0) & (ranks <= 1)).all()


def test_the_unusual_ranks_above_the_usual(anomaly: AnomalyScorer) -> None:
    """A row far from all others is at the top, one in the middle near the bottom."""
    far, middle = anomaly.score(np.array([[9.0, 0, -9, np.nan], [0, 0, 0, np.nan]]))

    assert far > 0.99
    assert middle < 0.3


def test_only_its_columns_count(anomaly: AnomalyScorer) -> None:
    """What it was not given changes no rank, and no row is no error."""
    ranks = anomaly.score(np.array([[1.0, -1e9, 0, 0], [1, 1e9, 0, 0]]))

    assert ranks[0] == ranks[1]
    assert anomaly.score(np.zeros((0, 4))).shape == (0,)
