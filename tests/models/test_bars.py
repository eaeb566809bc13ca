from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.bars import exceeded_by, highest
from models.scorer import BENIGN
from tests.models.conftest import SMALL

if TYPE_CHECKING:
    from models.dataset import Examples
    from models.fit import Fitted

WEIGHED = st.lists(st.tuples(st.integers(0, 20), st.sampled_from([0.1, 1.0])), min_size=1, max_size=30)


def test_the_threshold_keeps_the_alert_budget(world: Examples, fitted: Fitted) -> None:
    """Out of fold, no more honest accounts than the budget ever exceed the threshold."""
    rows = world.accounts
    top = highest(rows, fitted.out_of_fold.distillation, SMALL)
    honest = top[np.unique(rows.accounts[rows.labels == BENIGN])]

    assert (honest > fitted.raise_at).mean() <= SMALL.budget
    assert 0.5 <= fitted.raise_at < 1


def test_few_honest_accounts_are_labelled_relay(world: Examples, fitted: Fitted) -> None:
    """Out of fold, the final scores of honest accounts exceed the relay bar no more often than allowed."""
    rows = world.accounts
    honest = fitted.out_of_fold.relay[rows.final & (rows.labels == BENIGN)]

    assert (honest > fitted.relay_at).mean() <= SMALL.relay_label_budget


def test_scores_below_the_least_number_of_requests_raise_nothing(world: Examples) -> None:
    """An account that never had enough requests has no highest score."""
    rows = world.accounts
    few = replace(rows, events=np.full(len(rows), SMALL.min_events - 1))

    assert (highest(few, np.ones(len(few)), SMALL) == 0).all()


@given(WEIGHED, st.floats(0, 1))
def test_a_bar_is_exceeded_by_no_more_than_its_share(weighed: list[tuple[int, float]], share: float) -> None:
    """The weight above the bar is within the share, and a bar at the next lower score would not be."""
    scores, weights = np.array(weighed).T

    bar = exceeded_by(scores, weights, share)

    assert bar in scores
    assert weights[scores > bar].sum() <= share * weights.sum() + 1e-9
