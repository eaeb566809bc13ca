from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from features.account.vector import FEATURES, NAMES
from models.scorer import BENIGN, DISTILLATION, Calibration, log_odds, logit, sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import Examples
    from models.fit import Fitted
    from models.scorer import AccountScorer

CONTEXT = np.flatnonzero([not feature.is_evidence for feature in FEATURES])
VALUES = st.floats(-1e6, 1e6) | st.floats(0, 1) | st.just(np.nan)
VECTORS = hnp.arrays(np.float64, (3, len(FEATURES)), elements=VALUES)


@pytest.fixture(scope="module")
def scorer(fitted: Fitted) -> AccountScorer:
    """The scorer of accounts by themselves."""
    return fitted.scorer.account


def typical(world: Examples, label: int) -> NDArray[np.float64]:
    """The median account of a class, shape (features,)."""
    rows = world.accounts
    found: NDArray[np.float64] = np.nanmedian(rows.vectors[rows.labels == label], axis=0)
    return found


@given(VECTORS)
def test_reasons_add_up_to_the_logit_of_the_score(
    scorer: AccountScorer, vectors: NDArray[np.float64]
) -> None:
    """What the features add, and the rest, are the logit of the probability shown."""
    parts, rest = scorer.contributions(vectors)

    shown = logit(scorer.score(vectors).distillation)
    assert np.allclose(parts.sum(axis=1) + rest, shown, rtol=0, atol=1e-9)


@given(VECTORS, st.integers(0, 2))
def test_a_row_scores_alike_in_any_batch(
    scorer: AccountScorer, vectors: NDArray[np.float64], at: int
) -> None:
    """A row alone has the scores that it has among others."""
    together, alone = scorer.score(vectors), scorer.score(vectors[at : at + 1])

    assert together.distillation[at] == alone.distillation[0]
    assert together.relay[at] == alone.relay[0]


@settings(max_examples=200)
@given(hnp.arrays(np.float64, (4, len(CONTEXT)), elements=VALUES))
def test_context_adds_nothing_to_evidence(
    world: Examples, scorer: AccountScorer, context: NDArray[np.float64]
) -> None:
    """Whatever the context of a typical honest account, it scores no more than its evidence by itself."""
    vectors = np.tile(typical(world, BENIGN), (len(context), 1))
    vectors[:, CONTEXT] = context

    said = log_odds(scorer.evidence.scores(vectors), DISTILLATION)
    most = sigmoid(scorer.distillation.apply(said + scorer.context_margin))
    assert (scorer.score(vectors).distillation <= most).all()


def test_context_is_bounded_where_it_would_alert(world: Examples, scorer: AccountScorer) -> None:
    """The unbounded model believes the context of an attacker by far more than the bound admits."""
    vector = typical(world, BENIGN)[None]
    vector[:, CONTEXT] = typical(world, DISTILLATION)[CONTEXT]
    believed = log_odds(scorer.full.scores(vector), DISTILLATION)

    bounded = logit(scorer.score(vector).distillation)
    parts, _ = scorer.contributions(vector)

    assert scorer.distillation.apply(believed) > bounded
    assert (parts[0, CONTEXT] <= 0).all()


@given(st.floats(0.01, 10), st.floats(-10, 10), hnp.arrays(np.float64, 10, elements=st.floats(-50, 50)))
def test_calibration_keeps_ranks(slope: float, offset: float, logits: NDArray[np.float64]) -> None:
    """A higher logit never gets a lower probability, and every probability is one."""
    found = sigmoid(Calibration(slope, offset).apply(np.sort(logits)))

    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


@given(hnp.arrays(np.float64, (5, 3), elements=st.floats(-300, 300)), st.integers(0, 2))
def test_log_odds_are_those_of_the_softmax(scores: NDArray[np.float64], label: int) -> None:
    """The logit of a class is the logarithm of its weight over the others', without overflow."""
    others = np.delete(scores, label, axis=1)
    expected = scores[:, label] - np.logaddexp(others[:, 0], others[:, 1])

    assert np.allclose(log_odds(scores, label), expected, rtol=0, atol=1e-9)


def test_a_missing_feature_is_no_error(scorer: AccountScorer) -> None:
    """An account of which nothing is known has probabilities all the same."""
    scores = scorer.score(np.full((1, len(NAMES)), np.nan))

    assert 0 < scores.distillation[0] < 1
    assert 0 < scores.relay[0] < 1
