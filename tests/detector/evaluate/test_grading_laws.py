from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.evaluate.alerts import grade_alerts
from detector.evaluate.groups import grade_groups
from detector.evaluate.joined import Joined
from detector.evaluate.leakage import campaign_leaks
from detector.evaluate.rates import Rate
from detector.evaluate.roc import at_rate, threshold
from tests.support.graded import Account, said_of, truth_of

if TYPE_CHECKING:
    from detector.evaluate.grades import Groups

SCORES = st.integers(0, 20).map(lambda level: level / 20)
FEW = settings(deadline=None, max_examples=30)
CAMPAIGNS = {"c0": "loud", "c1": "loud", "c2": "quiet"}


@st.composite
def accounts(draw: st.DrawFn, name: str = "") -> Account:
    """Any account under any verdict."""
    label = draw(st.sampled_from(("benign", "relay", "distillation")))
    campaign = draw(st.sampled_from(sorted(CAMPAIGNS))) if label == "distillation" else None
    minutes = st.lists(st.integers(0, 20), max_size=6).map(tuple) if campaign else st.just(())
    return Account(
        name,
        draw(SCORES),
        alert=draw(st.none() | st.integers(0, 20)),
        said=draw(st.sampled_from(("benign", "relay", "distillation"))),
        group=draw(st.none() | st.sampled_from(("g0", "g1", "g2"))),
        label=label,
        kind=CAMPAIGNS[campaign] if campaign else draw(st.sampled_from(("chat", "cron"))),
        campaign=campaign,
        exchanges=draw(minutes),
        refused=draw(minutes),
    )


WORLDS = st.integers(1, 14).flatmap(lambda n: st.tuples(*(accounts(f"a{at}") for at in range(n))))


def flagged(account: Account) -> int | None:
    """When an account was alerted as distillation."""
    return account.alert if account.said == "distillation" else None


def blamed(account: Account) -> str | None:
    """The distillation group that an account was put into."""
    return account.group if account.said == "distillation" else None


@given(st.lists(SCORES, min_size=1, max_size=60), st.sampled_from((0.001, 0.02, 0.1, 0.5, 1.0)))
def test_the_threshold_is_the_lowest_that_keeps_the_rate(scores: list[float], fpr: float) -> None:
    """At most the share lies strictly above it; any lower score as the cut would let too many through."""
    cut = threshold(np.array(scores), fpr)
    assert sum(score > cut for score in scores) <= fpr * len(scores)
    lower = [score for score in [*scores, -1.0] if score < cut]
    assert all(sum(score > other for score in scores) > fpr * len(scores) for other in lower)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(hits: int, misses: int) -> None:
    """Share within the interval, the interval within [0, 1], and more trials of one share narrow it."""
    rate, more = Rate.of(hits, hits + misses), Rate.of(4 * hits, 4 * (hits + misses))
    assert 0 <= rate.low <= rate.high <= 1
    if rate.n:
        assert rate.low <= rate.value <= rate.high
        assert more.high - more.low <= rate.high - rate.low


def test_the_rule_of_three_decides_on_claims() -> None:
    """600 accounts without an alarm show 0.5 %, 599 do not, and 3,000 show 0.1 %."""
    assert Rate.of(0, 600).shows(0.005)
    assert not Rate.of(0, 599).shows(0.005)
    assert Rate.of(0, 3000).shows(0.001)
    assert not Rate.of(9, 3000).shows(0.001)
    assert Rate.of(5, 3000).shows(0.005)


@settings(FEW)
@given(WORLDS)
def test_rates_equal_counting(world: tuple[Account, ...]) -> None:
    """TPR by family and alert figures are what a loop over accounts counts."""
    joined = Joined.of(truth_of(world), said_of(world))
    alerts = grade_alerts(joined)
    honest = [a for a in world if a.label == "benign"]
    attack = [a for a in world if a.label == "distillation"]
    cut = max((a.score for a in honest), default=-1.0)
    for family, rate in at_rate(joined, 1e-3, np.zeros(1)).families.items():
        scores = [a.score for a in attack if a.kind == family]
        assert (rate.hits, rate.n) == (sum(score > cut for score in scores), len(scores))
    assert alerts.fpr.hits == sum(flagged(a) is not None for a in honest)
    assert alerts.fpr_ever.hits == sum(a.alert is not None for a in honest)
    assert alerts.recall.hits == sum(flagged(a) is not None for a in attack)


@settings(FEW)
@given(WORLDS)
def test_leaks_equal_counting(world: tuple[Account, ...]) -> None:
    """Exchanges before the first alert, before half and nine tenths, and before each own alert."""
    truth = truth_of(world)
    found = {leak.campaign_id: leak for leak in campaign_leaks(truth, Joined.of(truth, said_of(world)))}
    for campaign in CAMPAIGNS:
        members = [a for a in world if a.campaign == campaign]
        exchanges = [(minute, a) for a in members for minute in a.exchanges]
        assert (campaign in found) == bool(exchanges)
        if not exchanges:
            continue
        leak = found[campaign]
        alerts = sorted(at for a in members if (at := flagged(a)) is not None)
        assert leak.before_first == before(exchanges, alerts[0] if alerts else None)
        assert leak.before_half == before(exchanges, when(alerts, len(members), 0.5))
        assert leak.before_most == before(exchanges, when(alerts, len(members), 0.9))
        assert leak.leaked == sum(
            flagged(a) is None or minute <= (flagged(a) or 0) for minute, a in exchanges
        )
        assert (leak.hours is None) == (not alerts)


def before(exchanges: list[tuple[int, Account]], alert: int | None) -> int:
    """Exchanges up to an alert, all of them without one."""
    return sum(alert is None or minute <= alert for minute, _ in exchanges)


def when(alerts: list[int], members: int, share: float) -> int | None:
    """The first alert at which at least `share` of the members were flagged."""
    return next((at for count, at in enumerate(alerts, 1) if count >= share * members), None)


def groups_of(world: tuple[Account, ...]) -> Groups:
    """Figures of the groups in a world."""
    joined = Joined.of(truth_of(world), said_of(world))
    return grade_groups(joined, np.random.default_rng(0), 2)


@settings(FEW)
@given(WORLDS)
def test_bcubed_equals_comparing_every_pair(world: tuple[Account, ...]) -> None:
    """Precision and recall of each account from the accounts that share its group or its campaign."""
    found = groups_of(world)
    attack = [a for a in world if a.label == "distillation"]
    precision, recall = [], []
    for a in attack:
        together = [b for b in world if b is a or (blamed(a) is not None and blamed(b) == blamed(a))]
        both = [b for b in together if b.campaign == a.campaign]
        precision.append(len(both) / len(together))
        recall.append(len(both) / sum(b.campaign == a.campaign for b in attack))
    assert found.bcubed_precision == mean(precision)
    assert found.bcubed_recall == mean(recall)


def mean(values: list[float]) -> Any:
    """Their mean, about; None of nothing."""
    return pytest.approx(sum(values) / len(values)) if values else None


@settings(FEW)
@given(WORLDS)
def test_campaigns_are_found_by_groups_of_their_own(world: tuple[Account, ...]) -> None:
    """Recall and precision of groups, counted group by group."""
    found = groups_of(world)
    sizes = Counter(a.campaign for a in world if a.campaign)
    groups: dict[str, list[Account]] = {}
    for a in world:
        if (group := blamed(a)) is not None:
            groups.setdefault(group, []).append(a)
    recalled, right = set(), 0
    for members in groups.values():
        top = Counter(a.campaign for a in members if a.campaign).most_common(1)
        pure = bool(top) and top[0][1] >= 0.9 * len(members)
        right += pure and len(members) >= 2
        if pure and top[0][1] >= 0.5 * sizes[top[0][0]]:
            recalled.add(top[0][0])
    assert (found.recall.hits, found.recall.n) == (len(recalled), len(sizes))
    assert (found.precision.hits, found.precision.n) == (right, sum(len(g) >= 2 for g in groups.values()))
