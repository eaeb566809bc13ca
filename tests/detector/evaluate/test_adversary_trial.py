from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluate.adversary.attacker import adaptive
from detector.evaluate.adversary.clustered import clustered
from detector.evaluate.adversary.search import Budget
from detector.evaluate.adversary.trial import Ground, Trial
from detector.evaluate.rates import Rate
from detector.evaluate.runner import replay_world
from detector.truth import logs_of
from streaming.simulator.family import Effort
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.fixture(scope="module")
def usual(ground: Ground) -> Trial:
    """Two small campaigns."""
    return ground.trial("fixed_cot", SMALL, 2)


def test_campaigns_alone_are_scored_as_beside_honest_accounts(
    shipped: Setup, plan: WorldPlan, tmp_path: Path
) -> None:
    """While accounts are scored one by one, the honest need not be replayed with every trial."""
    simulate(plan.changed(campaigns=(Campaign("fixed_cot", SMALL),) * 2), tmp_path, lambda _: None)
    (log,) = logs_of(tmp_path)
    truth = pd.read_parquet(tmp_path / "truth_accounts.parquet")
    hostile = set(truth.loc[truth["label"] == "distillation", "account_id"])
    with zstandard.open(log, "rb") as file:
        records = file.read().splitlines(keepends=True)
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(b"".join(line for line in records if json.loads(line).get("account_id") in hostile))

    beside, alone = (
        replay_world([path], shipped).accounts.set_index("account_id") for path in (log, str(kept))
    )

    assert set(alone.index) == hostile
    assert (alone["score"] == beside.loc[alone.index, "score"]).all()
    assert alone["first_alert_time"].equals(beside.loc[alone.index, "first_alert_time"])


def test_a_whole_world_for_each_trial_stages_the_same_campaigns(
    shipped: Setup, plan: WorldPlan, usual: Trial
) -> None:
    """The honest accounts and the campaigns are those that are staged apart."""
    together = Ground.open(shipped, plan, together=True).trial("fixed_cot", SMALL, 2)

    assert together.answered == usual.answered > 0
    assert together.above.n == usual.above.n <= 12
    assert 0 < together.cut <= 1


def test_what_comes_after_an_alert_is_not_kept(ground: Ground, usual: Trial, eager: Replayer) -> None:
    """Under a low bar accounts are alerted on the way; under the usual one the same campaigns keep more."""
    strict = replace(ground, setup=eager.setup).trial("fixed_cot", SMALL, 2)

    assert strict.alerted.hits > usual.alerted.hits
    assert strict.campaigns.hits == 2
    assert strict.kept < usual.kept <= 1
    assert strict.before_first < usual.before_first
    assert strict.answered == usual.answered
    assert strict.above == usual.above


def test_scores_tell_more_than_alerts(usual: Trial) -> None:
    """An attacker who sees scores knows of suspicion before any alert."""
    scores = usual.accounts["score"]

    assert scores.min() <= 1 - usual.unsuspected <= scores.max()


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
    """The share is inside, and the interval is no narrower than that of independent accounts."""
    sizes = np.array([size for _, size in pairs])
    hits = np.minimum([hit for hit, _ in pairs], sizes)

    rate = clustered(hits, sizes)

    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert (rate.hits, rate.n) == (hits.sum(), sizes.sum())
    alone = Rate.of(rate.hits, rate.n)
    assert rate.high - rate.low >= alone.high - alone.low - 1e-9


def test_few_campaigns_that_agree_say_little() -> None:
    """A hundred accounts of two campaigns leave more open than of fifty, and nothing leaves everything."""
    few = clustered(np.array([0, 0]), np.array([50, 50]))
    many = clustered(np.zeros(50, dtype=int), np.full(50, 2))
    none = clustered(np.zeros(0, dtype=int), np.zeros(0, dtype=int))

    assert few.high > 0.4
    assert many.high < 0.1
    assert (none.n, none.low, none.high) == (0, 0.0, 1.0)
