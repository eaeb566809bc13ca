from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.cohort import EDGES, QUANTILES, Cohorts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(
    hnp.arrays(np.float64, (12, 2), elements=st.floats(-5, 5) | st.just(np.nan)),
    hnp.arrays(np.int64, 12, elements=st.integers(0, 300)),
    st.integers(0, 300),
)
def test_what_is_usual_is_the_quantiles_of_the_cohort(
    vectors: NDArray[np.float64], events: NDArray[np.int64], asked: int
) -> None:
    """Quantiles rise, and are those of the known values of accounts of about the same size."""
    usual = Cohorts.of(vectors, events).usual(asked)

    cohort = [sum(n >= edge for edge in EDGES) for n in (*events.tolist(), asked)]
    same = vectors[[at == cohort[-1] for at in cohort[:-1]]]
    for feature in range(2):
        known = same[~np.isnan(same[:, feature]), feature]
        if len(known):
            assert np.array_equal(usual[feature], np.quantile(known, QUANTILES))
            assert (np.diff(usual[feature]) >= 0).all()
        else:
            assert np.isnan(usual[feature]).all()


def test_cohorts_begin_at_their_edges() -> None:
    """An account with as many requests as an edge belongs to the larger ones."""
    events = np.array([7, 8, 31, 32, 127, 128])
    cohorts = Cohorts.of(events[:, None].astype(np.float64), events)

    medians = [cohorts.usual(n)[0, QUANTILES.index(0.5)] for n in (0, 8, 40, 1000)]

    assert medians == [7, 19.5, 79.5, 128]
