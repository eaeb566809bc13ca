from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.ensemble import HistGradientBoostingClassifier

from models.forest import compile_boosting

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 5
VECTORS = hnp.arrays(np.float64, (40, WIDTH), elements=st.floats(-2, 2) | st.just(np.nan) | st.just(1e300))


def _boosting(classes: int) -> HistGradientBoostingClassifier:
    random = np.random.default_rng(classes)
    vectors = random.normal(size=(300, WIDTH))
    labels = np.digitize(vectors[:, 0] + vectors[:, 1] ** 2, np.linspace(0, 1, classes + 1)[1:-1])
    vectors[random.random(vectors.shape) < 0.2] = np.nan
    model = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=6, early_stopping=False)
    return model.fit(vectors, labels)


MODELS = {classes: _boosting(classes) for classes in (2, 3)}
FORESTS = {classes: compile_boosting(model) for classes, model in MODELS.items()}


@settings(max_examples=25)
@pytest.mark.parametrize("classes", MODELS)
@given(VECTORS)
def test_scores_equal_those_of_scikit_learn(classes: int, vectors: NDArray[np.float64]) -> None:
    """The flat trees score every row as scikit-learn does, missing values and all."""
    model = MODELS[classes]

    found = FORESTS[classes].scores(vectors)

    expected = model.decision_function(vectors)
    assert np.allclose(found, expected.reshape(found.shape), rtol=0, atol=1e-12)


@pytest.mark.parametrize("classes", MODELS)
@given(VECTORS)
def test_contributions_add_up_to_the_score(classes: int, vectors: NDArray[np.float64]) -> None:
    """The mean score and what every feature adds make the raw score."""
    forest = FORESTS[classes]

    parts, mean = forest.contributions(vectors)

    assert parts.shape == (len(vectors), len(mean), WIDTH)
    assert np.allclose(mean + parts.sum(axis=2), forest.scores(vectors), rtol=0, atol=1e-12)


def test_a_feature_that_no_tree_asks_for_adds_nothing() -> None:
    """Only features on a row's paths are credited."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 2))
    vectors[:, 1] = 0.0
    model = HistGradientBoostingClassifier(max_iter=3, early_stopping=False)
    forest = compile_boosting(model.fit(vectors, vectors[:, 0] > 0))

    parts, _ = forest.contributions(vectors)

    assert (parts[:, :, 1] == 0).all()
    assert (parts[:, :, 0] != 0).any()


def test_no_rows_give_no_scores() -> None:
    """An empty call is answered with empty arrays."""
    forest = FORESTS[3]

    assert forest.scores(np.zeros((0, WIDTH))).shape == (0, 3)
    assert forest.contributions(np.zeros((0, WIDTH)))[0].shape == (0, 3, WIDTH)


def test_a_tree_may_have_as_many_leaves_as_a_word_has_bits_and_no_more() -> None:
    """A larger tree is refused with the remedy, rather than scored wrongly."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(3000, 2))
    targets = np.sin(9 * vectors[:, 0]) * np.sin(9 * vectors[:, 1]) > 0

    def fitted(leaves: int) -> HistGradientBoostingClassifier:
        model = HistGradientBoostingClassifier(
            max_iter=2, max_leaf_nodes=leaves, min_samples_leaf=2, early_stopping=False
        )
        return model.fit(vectors, targets)

    full = fitted(64)

    assert np.allclose(compile_boosting(full).scores(vectors)[:, 0], full.decision_function(vectors))
    with pytest.raises(ValueError, match="more than 64 leaves; fit it with fewer"):
        compile_boosting(fitted(65))
