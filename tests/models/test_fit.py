from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.fit import FOLDS, balanced_weights, fit, fold_of, folds_of, highest
from models.scorer import BENIGN, DISTILLATION
from tests.models.conftest import COLUMNS, SMALL, make_world

if TYPE_CHECKING:
    from models.dataset import TrainingSet
    from models.fit import Fitted


def test_a_fit_is_the_same_for_the_same_seed(world: TrainingSet, fitted: Fitted) -> None:
    """Two fits give the same scores to the last bit, and the same thresholds."""
    again = fit(world, COLUMNS, SMALL)

    assert np.array_equal(
        fitted.scorer.score(world.vectors).distillation, again.scorer.score(world.vectors).distillation
    )
    assert (fitted.raise_at, fitted.relay_at) == (again.raise_at, again.relay_at)
    assert np.array_equal(fitted.out_of_fold.relay, again.out_of_fold.relay)


def test_calibration_rises_on_a_world_that_can_be_learnt(fitted: Fitted) -> None:
    """Both slopes are positive, so that calibration keeps the models' ranks."""
    assert fitted.scorer.distillation.slope > 0
    assert fitted.scorer.relay.slope > 0


def test_the_threshold_keeps_the_alert_budget(world: TrainingSet, fitted: Fitted) -> None:
    """Out of fold, no more honest accounts than the budget ever reach the threshold."""
    top = highest(world, fitted.out_of_fold.distillation, SMALL)
    honest = top[np.unique(world.accounts[world.labels == BENIGN])]

    assert (honest > fitted.raise_at).mean() <= SMALL.budget
    assert 0.5 <= fitted.raise_at < 1


def test_scores_below_the_least_number_of_requests_raise_nothing(world: TrainingSet) -> None:
    """An account that never had enough requests has no highest score."""
    few = replace(world, events=np.full(len(world), SMALL.min_events - 1))

    assert (highest(few, np.ones(len(few)), SMALL) == 0).all()


@given(st.integers(1, 60), st.integers(0, 5))
def test_folds_never_split_a_group(accounts: int, seed: int) -> None:
    """All rows of an organisation or campaign are in one fold."""
    rows = make_world(accounts, seed)

    folds = folds_of(rows)

    assert set(folds.tolist()) <= set(range(FOLDS))
    for group in np.unique(rows.groups):
        assert len(set(folds[rows.groups == group].tolist())) == 1


def test_a_fold_follows_from_the_name_alone() -> None:
    """Names spread over the folds, and each keeps its own."""
    folds = [fold_of(f"org-{i}") for i in range(200)]

    assert folds == [fold_of(f"org-{i}") for i in range(200)]
    assert 60 < sum(folds) < 140


def test_every_attack_family_weighs_the_same(world: TrainingSet) -> None:
    """A family of three accounts teaches as much as one of three hundred."""
    few = world.take((world.kinds != "family-1") | (world.accounts < 40))

    weights = balanced_weights(few)

    sums = [weights[few.kinds == family].sum() for family in ("family-0", "family-1")]
    assert np.isclose(sums[0], sums[1])
    assert (weights[few.labels != DISTILLATION] == 0.5).all()
