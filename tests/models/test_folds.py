from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.folds import FOLDS, cross_fitted, fold_of, folds_of, population_folds
from models.scorer import DISTILLATION
from tests.models.conftest import make_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES, SEEDS = st.integers(1, 60), st.integers(0, 5)


@given(SIZES, SEEDS)
def test_folds_never_split_a_group(accounts: int, seed: int) -> None:
    """All rows of an organisation or campaign are in one fold."""
    rows = make_world(accounts, seed).accounts

    folds = folds_of(rows)

    assert set(folds.tolist()) <= set(range(FOLDS))
    for group in np.unique(rows.groups):
        assert len(set(folds[rows.groups == group].tolist())) == 1


@given(SIZES, SEEDS)
def test_a_campaign_and_its_populations_share_a_fold(accounts: int, seed: int) -> None:
    """A population is in the fold of its campaign's accounts; one without a campaign in that of its name."""
    examples = make_world(accounts, seed)
    rows, populations = examples.accounts, examples.populations
    fold = dict(zip(rows.groups.tolist(), folds_of(rows).tolist(), strict=True))

    folds = population_folds(examples)

    expected = [fold.get(group, fold_of(group)) for group in populations.groups.tolist()]
    assert folds.tolist() == expected


def test_the_campaigns_of_a_family_are_dealt_out_in_turn() -> None:
    """Each fold has as many campaigns of a family as the other, or one more."""
    rows = make_world(200, seed=1).accounts
    folds = folds_of(rows)

    for family in ("family-0", "family-1"):
        attack = (rows.labels == DISTILLATION) & (rows.kinds == family)
        counts = [len(np.unique(rows.groups[attack & (folds == fold)])) for fold in range(FOLDS)]
        assert max(counts) - min(counts) <= 1


def test_a_fold_follows_from_the_name_alone() -> None:
    """Names spread over the folds, and each keeps its own."""
    folds = [fold_of(f"org-{i}") for i in range(200)]

    assert folds == [fold_of(f"org-{i}") for i in range(200)]
    assert 60 < sum(folds) < 140


@given(hnp.arrays(np.int64, st.integers(1, 20), elements=st.integers(0, FOLDS - 1)))
def test_what_is_out_of_fold_was_never_seen(folds: NDArray[np.int64]) -> None:
    """Every row is scored once, by a model that saw the rows of the other folds; the model kept saw all."""

    def learn(seen: NDArray[np.bool_]) -> set[int]:
        return set(np.flatnonzero(seen).tolist())

    def score(seen: set[int], held: NDArray[np.int64]) -> NDArray[np.float64]:
        assert not seen & set(held.tolist())
        return np.column_stack([held, np.full(len(held), len(seen))]).astype(float)

    model, out = cross_fitted(folds, learn, score)

    assert model == set(range(len(folds)))
    assert out[:, 0].tolist() == list(range(len(folds)))
    assert out[:, 1].tolist() == [int((folds != fold).sum()) for fold in folds]
