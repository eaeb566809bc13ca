from __future__ import annotations

from copy import copy

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from features.hashing import HashKey
from features.rows import MAX_PURPOSES
from features.text.kernel import TextKernel
from features.text.logits import purpose_logits
from features.text.parts import SYSTEM, USER, TextParts
from features.text.purposes import BUCKETS, LEARNT, PURPOSES, PurposeWeights
from models.text.vectorize import NgramCounts

TEXTS = st.lists(st.text(max_size=400), min_size=1, max_size=5)


def _weights() -> PurposeWeights:
    rng = np.random.default_rng(3)
    table = rng.integers(-32767, 32767, (BUCKETS, MAX_PURPOSES)).astype(np.int16)
    scale, bias, slope, offset = (
        rng.normal(0.0, 1e-4, MAX_PURPOSES),
        *rng.normal(0.0, 1.0, (3, MAX_PURPOSES)),
    )
    return PurposeWeights(table, scale, bias, slope, offset, "test")


WEIGHTS = _weights()
FITTED = LogisticRegression(solver="liblinear").fit(NgramCounts().transform(["a b", "c d"]), [0, 1])
KERNEL = TextKernel(HashKey.from_secret("k"), WEIGHTS)


def _parts(events: list[list[tuple[int, str]]]) -> TextParts:
    flat = [(role, text.encode()) for event in events for role, text in event]
    return TextParts(
        np.frombuffer(b"".join(data for _, data in flat), dtype=np.uint8),
        np.cumsum([0, *(len(data) for _, data in flat)], dtype=np.int64),
        np.array([role for role, _ in flat], dtype=np.uint8),
        np.cumsum([0, *(len(event) for event in events)], dtype=np.int64),
    )


@settings(deadline=None, max_examples=50)
@given(TEXTS)
def test_the_kernel_scores_as_the_scikit_learn_pipeline_does(texts: list[str]) -> None:
    """The same weights give the same logits, compiled or in scikit-learn, on any text."""
    weights = WEIGHTS
    ours = purpose_logits([text.encode() for text in texts], weights)
    for column in range(len(LEARNT)):
        model = copy(FITTED)
        model.coef_ = (weights.table[:, column] * weights.scale[column])[None, :]
        model.intercept_ = weights.bias[column : column + 1]
        theirs = make_pipeline(NgramCounts(), model).decision_function(texts)
        worded = np.isfinite(ours[:, column])
        np.testing.assert_allclose(ours[worded, column], theirs[worded], rtol=0, atol=1e-6)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_a_row_holds_the_calibrated_probability_of_the_likelier_text(system: str, user: str) -> None:
    """A request has the purpose that its system prompt or its last user message states, in 1/255."""
    weights = WEIGHTS
    logits = purpose_logits([system.encode(), user.encode()], weights).max(axis=0)
    row = KERNEL.sketch(_parts([[(SYSTEM, system), (USER, user)]]))[0]
    if not np.isfinite(logits[0]):
        assert not row["purposes"].any()
        return
    held = 1 / (1 + np.exp(-(weights.slope * logits + weights.offset)))[: len(LEARNT)]
    expected = 255 * np.append(held, np.prod(1 - held))
    np.testing.assert_allclose(row["purposes"][: len(PURPOSES)], expected, rtol=0, atol=0.5001)
    assert not row["purposes"][len(PURPOSES) :].any()


def test_empty_weights_score_nothing() -> None:
    """A kernel without trained weights gives 0 for every purpose, ordinary use included."""
    kernel = TextKernel(HashKey.from_secret("k"), PurposeWeights.empty())
    row = kernel.sketch(_parts([[(USER, "Think step by step.")]]))[0]
    assert not row["purposes"].any()
