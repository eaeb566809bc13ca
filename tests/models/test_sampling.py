from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.sampling import largest_share, sampled

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=6)


@given(SIZES, st.integers(1, 200), st.integers(0, 3))
def test_every_kind_weighs_what_all_of_it_weighed(sizes: list[int], most: int, seed: int) -> None:
    """A sample has at most so many rows, and each kind that has a row in it keeps its weight."""
    kinds = np.repeat([f"kind-{at}" for at in range(len(sizes))], sizes)
    weights = np.random.default_rng(seed).random(len(kinds)) + 0.1

    sample = sampled(kinds, weights, most, seed)

    assert len(sample.at) <= max(most, 0)
    assert np.array_equal(sample.at, np.unique(sample.at))
    for kind in np.unique(kinds[sample.at]):
        assert np.isclose(sample.weights[kinds[sample.at] == kind].sum(), weights[kinds == kind].sum())


@given(SIZES, st.integers(0, 3))
def test_what_is_few_enough_is_taken_as_it_is(sizes: list[int], seed: int) -> None:
    """Without more rows than allowed all of them teach, each with its own weight."""
    kinds = np.repeat([f"kind-{at}" for at in range(len(sizes))], sizes)
    weights = np.arange(len(kinds), dtype=np.float64)

    sample = sampled(kinds, weights, len(kinds), seed)

    assert sample.at.tolist() == list(range(len(kinds)))
    assert sample.weights is weights


@given(SIZES, st.integers(1, 200))
def test_only_the_largest_kinds_are_cut(sizes: list[int], most: int) -> None:
    """What is left fits, and one row more of each kind that is cut would not."""
    counts = np.array(sizes)

    share = largest_share(counts, most)

    assert np.minimum(counts, share).sum() <= most
    assert share >= counts.max() or np.minimum(counts, share + 1).sum() > most


def test_the_same_rows_are_drawn_again() -> None:
    """A sample depends on its seed alone."""
    kinds, weights = np.repeat(["a", "b"], [900, 100]), np.ones(1_000)

    first, again, other = (sampled(kinds, weights, 300, seed) for seed in (1, 1, 2))

    assert np.array_equal(first.at, again.at)
    assert not np.array_equal(first.at, other.at)
    assert np.bincount(kinds[first.at] == "b").tolist() == [200, 100]
