from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from detector.evaluate.adversary.trial import Ground
from detector.evaluate.experiments.evasion import FAMILIES, KNOBS, evasion, turns
from streaming.simulator.family import Effort, all_families
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from detector.compose import Setup
    from detector.evaluate.results import Curve

BASE = Effort(accounts=6, exchanges=120, isolation=0.0, days=1.0)
NAMED = {knob.name: knob for knob in KNOBS}


@pytest.fixture(scope="module")
def curves(shipped: Setup) -> dict[str, Curve]:
    """Two curves of one family, in a world of a few honest accounts."""
    ground = Ground.open(shipped, WorldPlan(seed=4, honest=30, days=4, pools=0))
    knobs = [
        replace(NAMED["accounts"], stops=(3, 6, 12)),
        replace(NAMED["mix share"], stops=(0.0, 0.5)),
    ]
    return {curve.knob: curve for curve in evasion(ground, {"fixed_cot": BASE}, knobs, campaigns=2)}


def test_every_value_is_a_point_over_its_campaigns(curves: dict[str, Curve]) -> None:
    """Points come in order, and each is measured on two campaigns of so many accounts."""
    accounts = curves["accounts"]
    assert [point.at for point in accounts.points] == [3, 6, 12]
    for point in accounts.points:
        assert point.campaigns.n == 2
        assert point.at < point.tpr.n <= 2 * point.at
        assert point.alerted.n == point.tpr.n
        assert 0 <= point.kept <= 1


def test_the_plain_effort_is_the_same_point_of_every_curve(curves: dict[str, Curve]) -> None:
    """It is staged once, and only what a cost is relative to differs."""
    of_accounts, of_cover = curves["accounts"].points[1], curves["mix share"].points[0]
    assert of_accounts.tpr == of_cover.tpr
    assert of_accounts.dollars == of_cover.dollars
    assert of_cover.cost == 1.0
    assert of_accounts.cost > 1.0


def test_costs_follow_the_knob(curves: dict[str, Curve]) -> None:
    """More accounts and more cover cost more for the same answers, and losing answers never cheapens them."""
    for curve in curves.values():
        dollars = [point.dollars for point in curve.points]
        assert dollars == sorted(dollars)
        for point in curve.points:
            assert point.dollars_kept is None or point.dollars_kept >= point.dollars * (1 - 1e-9)


def test_a_curve_says_what_stays_the_same(curves: dict[str, Curve]) -> None:
    """Campaigns, effort, and the honest accounts that the cut is taken from."""
    assert "2 campaigns a point, each of 6 accounts, 120 exchanges, 1 days" in curves["accounts"].about
    assert "30 honest accounts, scored once" in curves["accounts"].about


def test_knobs_turn_what_they_say_and_nothing_else() -> None:
    """Each value is found again in the effort."""
    fields = {
        "accounts": "accounts", "rate": "days", "mix share": "cover", "wordings": "wordings",
        "isolation": "isolation", "human timing": "human",
    }  # fmt: skip
    for name, knob in NAMED.items():
        for value in knob.stops:
            turned = knob.turn(BASE, value)
            assert replace(turned, **{fields[name]: getattr(BASE, fields[name])}) == BASE
            if name == "rate":
                assert turned.days is not None
                assert BASE.exchanges / BASE.accounts / turned.days == pytest.approx(value)
            else:
                assert getattr(turned, fields[name]) == value


def test_worlds_honour_the_knobs(tmp_path: Path) -> None:
    """Staged requests have the rate and the share of cover that was asked for."""
    fast, hidden = NAMED["rate"].turn(BASE, 80), NAMED["mix share"].turn(BASE, 0.7)
    for name, effort in (("fast", fast), ("hidden", hidden)):
        campaigns = (Campaign("fixed_cot", replace(effort, exchanges=400, days=effort.days)),) * 3
        simulate(
            WorldPlan(3, honest=0, days=6, pools=0, campaigns=campaigns), tmp_path / name, lambda _: None
        )

    quick = pd.read_parquet(tmp_path / "fast" / "truth_events.parquet")
    lasting = quick.groupby("campaign_id", observed=True)["time"].agg(lambda times: times.max() - times.min())
    mixed = pd.read_parquet(tmp_path / "hidden" / "truth_accounts.parquet")
    assert (lasting < pd.Timedelta(days=1)).all()
    assert 0.55 < 1 - mixed["n_attack"].sum() / mixed["n_events"].sum() < 0.85


def test_the_usual_families_exist_and_pools_have_no_rate() -> None:
    """What is staged by default is there, and a pool sets its own pace."""
    assert set(FAMILIES) <= set(all_families())
    assert not turns("relay_mixed", NAMED["rate"])
    assert turns("fixed_cot", NAMED["rate"])
