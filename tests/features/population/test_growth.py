from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.population.growth import reserved

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

SHAPES = st.lists(st.integers(0, 3), max_size=2)


@given(st.integers(0, 9), st.integers(0, 20), SHAPES, st.none() | st.integers(-5, 5))
def test_rows_stay_and_new_ones_are_filled(held: int, rows: int, shape: list[int], fill: int | None) -> None:
    """Whatever the shape of a row, none is lost, and there are enough."""
    array = np.arange(held * int(np.prod(shape))).reshape(held, *shape) + 7
    grown = reserved(array, rows, fill)
    assert len(grown) >= rows
    assert grown.shape[1:] == array.shape[1:]
    assert np.array_equal(grown[:held], array)
    assert (grown[held:] == (fill or 0)).all()
    assert (grown is array) == (rows <= held)


@pytest.mark.parametrize("dtype", ["<i4", "?", [("at", "<i8"), ("open", "?")]])
def test_the_kind_of_row_stays(dtype: DTypeLike) -> None:
    """Records grow like numbers do."""
    assert reserved(np.zeros(1, dtype), 5).dtype == np.dtype(dtype)


def test_growing_row_by_row_copies_little() -> None:
    """A thousand rows are copied a few times, not a thousand."""
    array, copies = np.zeros(0), 0
    for rows in range(1000):
        grown = reserved(array, rows)
        copies += grown is not array
        array = grown
    assert copies < 20
