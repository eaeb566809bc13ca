from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluate.adversary.attacker import adaptive
from detector.evaluate.adversary.clustered import clustered
from detector.evaluate.adversary.search import Budget
from detector.evaluate.adversary.trial import Ground
from streaming.simulator.family import Effort
from streaming.simulator.plan import WorldPlan

if TYPE_CHECKING:
    from detector.compose import Setup
    from tests.support.replays import Replayer

SMALL = Effort(accounts=6, exchanges=90, isolation=0.0, days=1.5)


@pytest.fixture(scope="module")
def plan() -> WorldPlan:
    """Forty honest accounts over four days."""
    return WorldPlan(seed=2, honest=40, days=4, pools=0)


@pytest.fixture(scope="module")
def ground(shipped: Setup, plan: WorldPlan) -> Ground:
    """The shipped model on them."""
    return Ground.open(shipped, plan)


def test_campaigns_alone_are_scored_as_beside_honest_accounts(
    shipped: Setup, plan: WorldPlan, ground: Ground
) -> None:
    """While accounts are scored one by one, staging the honest once changes no figure of a trial."""
    alone = ground.trial("fixed_cot", SMALL, 2)
    together = Ground.open(shipped, plan, together=True).trial("fixed_cot", SMALL, 2)

    assert alone.cut == together.cut
    assert alone.leaks == together.leaks
    assert sorted(alone.accounts["score"]) == sorted(together.accounts["score"])
    assert alone.above.n == len(alone.accounts) <= 12
    assert 0 < alone.answered <= alone.accounts["n_attack"].sum()


def test_what_comes_after_an_alert_is_not_kept(ground: Ground, eager: Replayer) -> None:
    """Under a low bar accounts are alerted on the way; under the usual one the same campaigns keep more."""
    strict = replace(ground, setup=eager.setup).trial("fixed_cot", SMALL, 2)
    usual = ground.trial("fixed_cot", SMALL, 2)

    assert strict.alerted.hits > usual.alerted.hits
    assert strict.campaigns.hits == 2
    assert strict.kept < usual.kept <= 1
    assert strict.before_first < usual.before_first
    assert strict.answered == usual.answered
    assert strict.above == usual.above


def test_scores_tell_more_than_alerts(ground: Ground) -> None:
    """An attacker who sees scores knows of suspicion before any alert."""
    trial = ground.trial("fixed_cot", SMALL, 1)

    assert trial.accounts["score"].min() <= 1 - trial.unsuspected <= trial.accounts["score"].max()


def test_an_attacker_searches_within_the_budget_and_is_graded_afresh(ground: Ground) -> None:
    """Both searches use their tries, begin with the naive strategy, and are told step by step."""
    steps: list[tuple[str, int, int]] = []

    found = adaptive(
        ground, "fixed_cot", SMALL, Budget(2, 800.0), seed=5, step=lambda *step: steps.append(step)
    )

    assert [step[1:] for step in steps] == [(1, 2), (2, 2)] * 2
    assert found.worst is not None
    for search in (found, found.worst):
        assert len(search.tried) == 2
        assert search.steps[0].change == "as it is"
        assert search.steps[0].cost == 1.0
        assert search.steps[-1].kept == max(search.tried)
        assert [attack.name.split(":")[0] for attack in search.compared] == ["naive", "found"]
    assert found.worst.tried[0] <= found.tried[0]


def test_an_unknown_family_is_named(ground: Ground) -> None:
    """The message lists those that exist."""
    with pytest.raises(ValueError, match=r"nobody.*fixed_cot"):
        ground.trial("nobody", SMALL, 1)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=12))
def test_intervals_hold_their_share_and_know_of_campaigns(pairs: list[tuple[int, int]]) -> None:
    """The share is inside, and no interval is narrower than that of independent accounts."""
    sizes = np.array([size for _, size in pairs])
    hits = np.minimum([hit for hit, _ in pairs], sizes)

    rate = clustered(hits, sizes)

    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert (rate.hits, rate.n) == (hits.sum(), sizes.sum())


def test_few_campaigns_that_agree_say_little() -> None:
    """A hundred accounts of two campaigns leave more open than of fifty, and nothing leaves everything."""
    few = clustered(np.array([0, 0]), np.array([50, 50]))
    many = clustered(np.zeros(50, dtype=int), np.full(50, 2))
    none = clustered(np.zeros(0, dtype=int), np.zeros(0, dtype=int))

    assert few.high > 0.4
    assert many.high < 0.1
    assert (none.n, none.low, none.high) == (0, 0.0, 1.0)
