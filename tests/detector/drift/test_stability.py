from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.drift.reference import LEAST, MEASURED, SCORE, Reference
from detector.drift.stability import Stability, by_chance, index, moved, stability, worst
from features.scored import FEATURES
from models.artefact import ModelError
from models.cohort import Cohorts

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ACCOUNTS = 4000
EVENTS = np.full(ACCOUNTS, 16)


def drawn(seed: int, accounts: int = ACCOUNTS) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Vectors and scores of accounts; every third feature is mostly zero, and the second often missing."""
    rng = np.random.default_rng(seed)
    vectors = rng.gamma(2.0, 1.0, (accounts, len(FEATURES)))
    vectors[:, ::3] = np.where(rng.random((accounts, len(vectors[0, ::3]))) < 0.985, 0.0, vectors[:, ::3])
    vectors[rng.random(accounts) < 0.4, 1] = np.nan
    return vectors, rng.beta(1, 20, accounts)


def found(reference: Reference, vectors: NDArray[np.float64], scores: NDArray[np.float64]) -> list[Stability]:
    """What is measured of accounts of one cohort."""
    return stability(reference, vectors, np.full(len(vectors), 16), scores)


@pytest.fixture(scope="module")
def usual() -> Reference:
    """What accounts look like."""
    vectors, scores = drawn(1)
    return Reference.of_traffic(vectors, EVENTS, scores)


def test_nothing_moves_where_nothing_changed(usual: Reference) -> None:
    """Other accounts of the same kind: all features and the score measured, none of them moved."""
    told = found(usual, *drawn(2))
    assert len(told) == len(MEASURED)
    assert moved(told) == ()
    assert max(one.psi for one in told) < 0.05


def test_what_changed_is_found_and_nothing_else(usual: Reference) -> None:
    """A feature that doubled, one that is suddenly missing, and scores that rose."""
    vectors, scores = drawn(3)
    vectors[:, 4] *= 2
    vectors[::3, 7] = np.nan
    told = found(usual, vectors, np.sqrt(scores))
    assert moved(told) == tuple(sorted((MEASURED[4], MEASURED[7], SCORE)))
    assert told[0].moved
    assert worst(told)[MEASURED[4]] > 0.25


def test_quantiles_of_a_model_do_not_accuse_values_that_many_share() -> None:
    """Where 98.5 % of accounts have a zero, two quantiles say little: unchanged accounts have not moved."""
    vectors, scores = drawn(1)
    reference = Reference.of_quantiles(Cohorts.of(vectors, EVENTS))
    told = found(reference, *drawn(2))
    assert moved(told) == ()
    changed = drawn(3)[0]
    changed[:, 4] *= 2
    changed[:, 3] = np.where(changed[:, 3] == 0, 5.0, changed[:, 3])
    assert moved(found(reference, changed, scores)) == tuple(sorted((MEASURED[3], MEASURED[4])))
    assert SCORE not in {one.feature for one in told}


def test_of_few_accounts_nothing_is_said(usual: Reference) -> None:
    """A cohort needs a few hundred, or chance is told as drift."""
    assert found(usual, *drawn(2, LEAST - 1)) == []


def test_few_accounts_need_a_larger_change() -> None:
    """The bar of a small sample lies above what chance makes of it."""
    assert by_chance(10, LEAST, LEAST) > 0.25 > by_chance(10, 4 * LEAST, 0)


@given(st.lists(st.floats(0, 1), min_size=20, max_size=60), st.integers(0, 10**6))
def test_an_index_is_never_negative(values: list[float], seed: int) -> None:
    """And zero where the sample is the reference's own."""
    rng = np.random.default_rng(seed)
    edges = np.unique(rng.random(5))
    own = np.array(values)
    shares = np.searchsorted(np.sort(own), edges, side="right") / len(own)
    low, high = np.sort(rng.random(len(edges))), np.ones(len(edges))
    assert index(own, edges, shares, shares) == pytest.approx(0)
    assert index(own, edges, low, np.maximum.accumulate(high)) >= 0


def test_a_reference_is_read_back(usual: Reference, tmp_path: Path) -> None:
    """As it was written; what is no reference is told."""
    usual.save(tmp_path / "reference.npz")
    again = Reference.load(tmp_path / "reference.npz")
    vectors, scores = drawn(3)
    assert found(again, vectors, scores) == found(usual, vectors, scores)
    (tmp_path / "reference.npz").write_bytes(b"none")
    with pytest.raises(ModelError, match="not a reference"):
        Reference.load(tmp_path / "reference.npz")


@pytest.mark.parametrize("quantiles", [False, True])
def test_a_value_that_all_share_is_missed_when_it_goes(quantiles: bool) -> None:  # noqa: FBT001 - a case
    """Whether they go below it or above: the share at a value counts, not only that up to it."""
    vectors, scores = drawn(1)
    vectors[:, 4] = 0.7
    reference = Reference.of_quantiles(Cohorts.of(vectors, EVENTS))
    if not quantiles:
        reference = Reference.of_traffic(vectors, EVENTS, scores)
    for value in (0.1, 0.9):
        changed = drawn(2)[0]
        changed[:, 4] = value
        assert moved(found(reference, changed, scores)) == (MEASURED[4],)
    changed[:, 4] = 0.7
    assert moved(found(reference, changed, scores)) == ()
