from __future__ import annotations

import numpy as np

from detector.retrain.checks import Compared
from detector.retrain.gate import GateSettings, compare
from detector.retrain.judging import Judged
from models.scorer import DISTILLATION
from tests.detector.retrain.rows import Cast, judged, make_rows, truth

ROWS = make_rows(5, Cast(honest=1000, relays=10))
LABELS = truth(ROWS)
RNG = np.random.default_rng(0)
GOOD = np.where(LABELS == DISTILLATION, 0.9, 0.1) + 0.001 * RNG.random(len(LABELS))
QUICK = GateSettings(resamples=400)


def verdict(challenger: np.ndarray, champion: np.ndarray = GOOD, **more: Compared) -> dict[str, bool]:
    """Whether each check passed, by dimension and name."""
    checks = compare(
        _compared(champion, challenger), ("beta",), more.get("regression"), more.get("canary"), QUICK
    )
    return {f"{check.dimension}: {check.name}": check.passed for check in checks}


def _compared(champion: np.ndarray, challenger: np.ndarray) -> Compared:
    return Compared(ROWS, judged(champion), judged(challenger))


def family(name: str) -> np.ndarray:
    """Numbers of a family's accounts."""
    rows = ROWS.examples.accounts
    return np.unique(rows.accounts[rows.kinds == name])


def test_the_same_model_passes() -> None:
    """Nothing is worse than itself."""
    assert all(verdict(GOOD).values())


def test_a_better_model_passes() -> None:
    """Families that the champion misses and the challenger catches refuse nothing."""
    blind = np.where(np.isin(np.arange(len(GOOD)), family("alpha")), 0.05, GOOD)
    assert all(verdict(GOOD, champion=blind).values())


def test_a_lost_family_is_refused() -> None:
    """One family less is refused by its own check and by the mean, and by no other family."""
    found = verdict(np.where(np.isin(np.arange(len(GOOD)), family("alpha")), 0.05, GOOD))
    assert not found["family: alpha"]
    assert not found["all: mean over families"]
    assert found["held-out: beta"]


def test_a_lost_held_out_family_is_refused() -> None:
    """What neither has seen is named as such."""
    found = verdict(np.where(np.isin(np.arange(len(GOOD)), family("beta")), 0.05, GOOD))
    assert not found["held-out: beta"]


def test_honest_accounts_of_one_client_are_not_given_up() -> None:
    """Alerts on a twelfth of one library's users are refused, though the other's are as before."""
    worse = GOOD.copy()
    worse[1:1000:24] = 0.95
    found = verdict(worse)
    assert not found["client: curl"]
    assert found["client: OpenAI/Python"]


def test_one_account_more_is_noise() -> None:
    """A single false alert among a thousand is no reason to refuse."""
    worse = GOOD.copy()
    worse[3] = 0.95
    assert all(verdict(worse).values())


def test_past_true_positives_are_kept() -> None:
    """Half of what was once caught and is caught no more is refused."""
    lost = np.where(np.isin(np.arange(len(GOOD)), family("alpha")), 0.3, GOOD)
    found = verdict(GOOD, regression=_compared(GOOD, lost))
    assert not found["regression: past true positives"]
    assert all(verdict(GOOD, regression=_compared(GOOD, GOOD)).values())


def test_what_the_champion_never_caught_is_no_regression() -> None:
    """Without a caught account there is nothing to lose."""
    none = np.zeros_like(GOOD)
    assert "regression: past true positives" not in verdict(GOOD, regression=_compared(none, none))


def test_canaries_stay_detected() -> None:
    """A campaign that is no longer found is refused by its name."""
    lost = GOOD.copy()
    lost[family("alpha")[:10]] = 0.1
    found = verdict(GOOD, canary=_compared(GOOD, lost))
    assert not found["canary: alpha-1"]
    assert found["canary: alpha-2"]


def test_a_refusal_says_why() -> None:
    """Both shares are in the reason."""
    lost = np.where(np.isin(np.arange(len(GOOD)), family("alpha")), 0.05, GOOD)
    checks = compare(_compared(GOOD, lost), (), None, None, QUICK)
    told = next(check.why for check in checks if check.name == "alpha")
    assert told == "TPR at 0.1 % FPR goes from 100.00% to 0.00%, beyond the noise"


def test_the_same_seed_decides_the_same() -> None:
    """A gate is a function of what it compares."""
    worse = GOOD.copy()
    worse[1:1000:40] = 0.95
    first, second = (compare(_compared(GOOD, worse), (), None, None, QUICK) for _ in range(2))
    assert first == second


def test_alerts_are_by_each_models_own_bar() -> None:
    """Scores that are half as high under a bar that is half as high alert the same."""
    half = Compared(ROWS, judged(GOOD), Judged(GOOD / 2, GOOD / 2, 0.25))
    assert all(check.passed for check in compare(half, (), None, None, QUICK))
