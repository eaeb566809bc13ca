from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.coarse import coarsened

VALUES = st.lists(
    st.tuples(st.floats(-1e6, 1e6) | st.just(np.nan), st.sampled_from([0.1, 1.0, 20.0])),
    min_size=4,
    max_size=60,
)


@given(VALUES, st.integers(2, 12))
def test_rounding_keeps_order_and_gaps(weighed: list[tuple[float, float]], levels: int) -> None:
    """Rounded values are in the same order, come in no more levels than asked, and miss where they missed."""
    values, weights = np.array(weighed).T

    rounded = coarsened(np.tile(values[:, None], (1, 2)), weights, levels)[:, 1]

    missing = np.isnan(values)
    assert np.array_equal(np.isnan(rounded), missing)
    told, order = rounded[~missing], np.argsort(values[~missing], kind="stable")
    assert len(np.unique(told)) <= levels
    assert (np.diff(told[order]) >= -1e-9).all()


def test_rounding_leaves_few_levels_alone() -> None:
    """Values that already come in few levels are not moved."""
    values = np.tile([0.25, 0.5, np.nan, 4.0], 50)[:, None]

    assert np.array_equal(coarsened(values, np.ones(200), 3), values, equal_nan=True)


def test_rounding_is_finer_where_weights_are() -> None:
    """Nine of ten levels go to the tenth of the rows that has nine tenths of the weight."""
    values = np.linspace(0, 10, 1001)[:, None]
    heavy = values[:, 0] < 1

    rounded = coarsened(values, np.where(heavy, 90.0, 1.0), 20)

    assert len(np.unique(rounded[heavy])) > 15
