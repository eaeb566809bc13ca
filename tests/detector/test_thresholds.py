from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.thresholds import FEWEST, CalibrationError, Thresholds, calibrate
from models.scorer import logit, sigmoid

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SEEDS = st.integers(0, 2**32)
BUDGET = 1e-3


def honest_scores(seed: int, accounts: int = 4000) -> NDArray[np.float64]:
    """Scores whose logits have the middle and the spread of honest accounts in our simulated logs."""
    return sigmoid(np.random.default_rng(seed).normal(-8.5, 3.2, accounts))


def raise_at(scores: NDArray[np.float64], budget: float = BUDGET) -> float:
    """The threshold of a distillation alert."""
    return calibrate(scores, scores, "test", "sw-1", budget).raise_at


@settings(max_examples=40)
@given(seed=SEEDS, share=st.floats(0, 0.03), attack=st.floats(0.9, 0.9999))
def test_a_few_attackers_move_a_threshold_by_little(seed: int, share: float, attack: float) -> None:
    """With up to 3 % of the accounts replaced by attackers, the bar moves by about a logit at most."""
    honest = honest_scores(seed)
    mixed = honest.copy()
    mixed[: int(share * len(mixed))] = attack
    moved = logit(np.array([raise_at(mixed)])) - logit(np.array([raise_at(honest)]))
    assert abs(float(moved[0])) < 1.25


def test_the_budget_is_kept() -> None:
    """Of honest accounts that taught nothing the budgeted share lies above the bar, as well as 4,000 tell.

    One sample in a thousand or so triples it, so that this is about many samples and not about each.
    """
    bars = [raise_at(honest_scores(seed)) for seed in range(200)]
    shares = [float((honest_scores(1000 + seed, 100_000) >= bar).mean()) for seed, bar in enumerate(bars)]
    assert 0.5 * BUDGET < np.median(shares) < 1.5 * BUDGET
    assert np.quantile(shares, 0.99) < 3 * BUDGET


@given(seed=SEEDS, budgets=st.lists(st.floats(1e-5, 0.02), min_size=2, max_size=5))
def test_a_larger_budget_never_raises_the_bar(seed: int, budgets: list[float]) -> None:
    """Thresholds fall, or stay, as the budget grows."""
    scores = honest_scores(seed)
    bars = [raise_at(scores, budget) for budget in sorted(budgets)]
    assert bars == sorted(bars, reverse=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_any_scores_give_thresholds_that_can_be_used(values: list[float]) -> None:
    """Whatever the scores, ones of 0 and 1 among them, a threshold lies between 0 and 1, or is refused."""
    scores = np.resize(np.array(values), FEWEST)
    try:
        found = calibrate(scores, scores, "test", "sw-1", BUDGET)
    except CalibrationError as error:
        assert "nobody reaches" in str(error)  # noqa: PT017 - most scores give thresholds
        return
    assert 0 < found.raise_at < 1
    assert 0 < found.relay_at < 1


def test_too_few_accounts_are_an_error() -> None:
    """A tail is not guessed from a handful of accounts; the error says how many are needed."""
    with pytest.raises(CalibrationError, match=f"only {FEWEST - 1} accounts .* {FEWEST}"):
        raise_at(honest_scores(1, FEWEST - 1))


@given(seed=SEEDS, share=st.floats(0.055, 0.15), attack=st.floats(0.9, 0.9999))
def test_so_many_attackers_that_nobody_would_be_alerted_are_an_error(
    seed: int, share: float, attack: float
) -> None:
    """More than what is trimmed hides the tail; the error says how many may be there, and the remedy."""
    mixed = honest_scores(seed)
    mixed[: int(share * len(mixed))] = attack
    with pytest.raises(CalibrationError, match=r"three in a hundred .* leave out accounts"):
        raise_at(mixed)


def test_thresholds_come_back_as_they_were_saved(tmp_path: Path) -> None:
    """What was saved is loaded for the model it was made for, and refused for another."""
    made = calibrate(honest_scores(1), honest_scores(2), "test", "sw-1", BUDGET)
    path = tmp_path / "calibration.json"
    made.save(path)
    assert Thresholds.load(path, "sw-1") == made
    with pytest.raises(CalibrationError, match="sw-1, but sw-2"):
        Thresholds.load(path, "sw-2")
