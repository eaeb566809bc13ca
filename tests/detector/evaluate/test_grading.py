from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from detector.evaluate.grading import grade
from tests.support.graded import Account, said_of, truth_of

if TYPE_CHECKING:
    from detector.evaluate.grades import Grades

DAY = (10, 20, 30, 40, 50)


def hostile(name: str, campaign: str, kind: str, score: float, exchanges: tuple[int, ...]) -> Account:
    """An account of a campaign, about which nothing was said but its score."""
    return Account(
        name, score, label="distillation", kind=kind, campaign=campaign, exchanges=exchanges, refused=(5,)
    )


HONEST = [
    Account("h0", 0.1),
    Account("h1", 0.2),
    Account("h2", 0.3),
    Account("h3", 0.6, kind="cron", alert=60, said="distillation", group="mixed"),
]
RELAYS = [
    Account("r1", 0.65, label="relay", kind="relay", pool="clean", alert=70, said="distillation"),
    Account("r2", 0.9, label="relay", kind="relay", pool="carrying", said="relay"),
]
LOUD = [
    replace(hostile("a1", "c1", "loud", 0.9, DAY), alert=20, said="distillation", group="mixed"),
    replace(hostile("a2", "c1", "loud", 0.8, DAY), alert=30, said="distillation", group="mixed"),
    hostile("a3", "c1", "loud", 0.5, DAY),
    # An alert under another label than distillation is none.
    replace(hostile("a4", "c1", "loud", 0.7, DAY), alert=45, said="relay"),
]
QUIET = [
    replace(hostile("b1", "c2", "quiet", 0.6, (100,)), group="whole", said="distillation"),
    replace(
        hostile("b2", "c2", "quiet", 0.61, (100, 200, 200)),
        group="whole",
        said="distillation",
        pool="carrying",
    ),
]
EVERYONE = [*HONEST, *RELAYS, *LOUD, *QUIET]


@pytest.fixture(scope="module")
def grades() -> Grades:
    """The figures of a world of twelve accounts, all of which can be counted by hand."""
    return grade(truth_of(EVERYONE), said_of(EVERYONE, {"mixed": 20, "whole": 150}))


def test_accounts_are_counted_by_what_is_true(grades: Grades) -> None:
    """A relay is pure when no campaign uses its pool."""
    counts = grades.counts
    assert (counts.benign, counts.relay, counts.pure_relay) == (4, 2, 1)
    assert (counts.distillation, counts.campaigns) == (6, 2)


def test_the_cut_is_the_highest_honest_score_where_none_may_exceed_it(grades: Grades) -> None:
    """0.1 % of four accounts is none, so the cut is 0.6 and what equals it is not found."""
    at = grades.at[0]
    assert at.cut == 0.6
    assert not at.supported
    assert (at.families["loud"].hits, at.families["loud"].n) == (3, 4)
    assert (at.families["quiet"].hits, at.families["quiet"].n) == (1, 2)
    assert at.macro is not None
    assert at.macro.value == pytest.approx(0.625)
    assert at.macro.low <= at.macro.value <= at.macro.high
    assert (at.accounts.hits, at.accounts.n) == (4, 6)
    assert at.by_requests == pytest.approx((18 / 24 + 4 / 6) / 2)
    assert (at.relays.hits, at.relays.n) == (2, 2)


def test_pure_relays_may_raise_the_cut(grades: Grades) -> None:
    """With the pure relay at 0.65 above no cut, only three loud accounts remain."""
    assert grades.relays.strict_tpr == pytest.approx(0.375)
    assert grades.relays.strict_families == {"loud": 0.75, "quiet": 0.0}


def test_precision_and_recall_shown_as_areas_and_alerts(grades: Grades) -> None:
    """Scores that are equal are taken together; relays count as mistakes where that is said."""
    assert grades.pr_auc == pytest.approx(4 / 6 + 5 / 36 + 6 / 42)
    alerts = grades.alerts
    assert (alerts.precision.hits, alerts.precision.n) == (2, 3)
    assert (alerts.precision_with_relays.hits, alerts.precision_with_relays.n) == (2, 4)
    assert (alerts.recall.hits, alerts.recall.n) == (2, 6)
    assert alerts.macro_recall == pytest.approx(0.25)
    assert (alerts.fpr.hits, alerts.fpr.n) == (1, 4)


def test_the_worst_archetype_is_named(grades: Grades) -> None:
    """One of one cron account was alerted, none of three others."""
    assert grades.alerts.worst == "cron"
    assert {name: (rate.hits, rate.n) for name, rate in grades.alerts.archetypes.items()} == {
        "chat": (0, 3),
        "cron": (1, 1),
    }


def test_relays_are_graded_apart(grades: Grades) -> None:
    """The pure one was alerted, the other labelled relay."""
    relays = grades.relays
    assert (relays.labelled.hits, relays.labelled.n) == (1, 2)
    assert (relays.alerted.hits, relays.alerted.n) == (1, 2)
    assert (relays.pure_labelled.hits, relays.pure_alerted.hits, relays.pure_alerted.n) == (0, 1, 1)


def test_leaks_are_counted_up_to_each_alert(grades: Grades) -> None:
    """The loud campaign: first alert at 20, half at 30, nine tenths never; refused requests are none."""
    loud, quiet = grades.leakage.campaigns
    assert (loud.exchanges, loud.accounts) == (20, 4)
    assert (loud.before_first, loud.before_half, loud.before_most) == (8, 12, 20)
    assert (loud.half_flagged, loud.most_flagged, loud.leaked) == (True, False, 15)
    assert loud.hours == pytest.approx(10 / 60)
    # Its group's alert at 150 is the campaign's first; its accounts were never flagged themselves.
    assert (quiet.before_first, quiet.before_half, quiet.leaked) == (2, 4, 4)
    assert not quiet.half_flagged
    assert quiet.hours == pytest.approx(50 / 60)


def test_leaks_are_summed_up_over_campaigns(grades: Grades) -> None:
    """Medians, deciles, shares, and no mark that a campaign of this size could reach."""
    leakage = grades.leakage
    assert (leakage.before_first.median, leakage.before_first.p90, leakage.before_first.missed) == (5, 8, 0)
    assert leakage.before_half.missed == 1
    assert leakage.before_most.missed == 2
    assert leakage.hours.median == pytest.approx(0.5)
    assert leakage.share is not None
    assert leakage.share.value == pytest.approx(0.875)
    assert (leakage.leaked_exchanges.hits, leakage.leaked_exchanges.n) == (19, 24)
    assert leakage.families == {"loud": 0.75, "quiet": 1.0}
    assert [mark.first_alert.n for mark in leakage.marks] == [0, 0, 0, 0]


def test_groups_are_right_when_nine_tenths_are_of_one_campaign(grades: Grades) -> None:
    """One group holds a campaign whole, the other mixes in an honest account."""
    groups = grades.groups
    assert (groups.recall.hits, groups.recall.n) == (1, 2)
    assert (groups.precision.hits, groups.precision.n, groups.predicted) == (1, 2, 2)
    assert {name: rate.hits for name, rate in groups.families.items()} == {"loud": 0, "quiet": 1}
    precision, recall = (2 * 2 / 3 + 4) / 6, (2 * 0.5 + 2 * 0.25 + 2) / 6
    assert groups.bcubed_precision == pytest.approx(precision)
    assert groups.bcubed_recall == pytest.approx(recall)
    assert groups.bcubed_f1 is not None
    assert groups.bcubed_f1.value == pytest.approx(2 * precision * recall / (precision + recall))


def test_calibration_compares_scores_with_shares() -> None:
    """Two bins: ten accounts at 0.05 with one attacker, and two at 0.95 that both are."""
    low = [Account(f"l{at}", 0.05) for at in range(9)]
    known = [hostile(f"k{at}", "c", "loud", score, (1,)) for at, score in enumerate((0.05, 0.95, 0.95))]
    found = grade(truth_of([*low, *known]), said_of([*low, *known])).calibration
    assert [(round(each.mean, 9), each.rate.hits, each.rate.n) for each in found.bins] == [
        (0.05, 1, 10),
        (0.95, 2, 2),
    ]
    assert found.ece == pytest.approx(0.05)
    assert found.brier == pytest.approx((9 * 0.05**2 + 0.95**2 + 2 * 0.05**2) / 12)


def test_an_analyst_sees_the_first_alerts_of_each_day() -> None:
    """Twelve alerts on the first day, the honest ones last, and one on the second: ten and one are seen."""
    first = [
        replace(hostile(f"a{at:02}", "c", "loud", 0.9, (1,)), alert=at, said="distillation")
        for at in range(10)
    ]
    late = [Account(f"h{at}", 0.9, alert=500 + at, said="distillation") for at in range(2)]
    second = [Account("n", 0.9, alert=24 * 60, said="distillation")]
    everyone = [*first, *late, *second]
    ten, fifty = grade(truth_of(everyone), said_of(everyone)).alerts.budgets
    assert (ten.a_day, ten.days, ten.precision.hits, ten.precision.n) == (10, 2, 10, 11)
    assert (fifty.a_day, fifty.precision.hits, fifty.precision.n) == (50, 10, 13)


def test_a_campaign_that_is_never_noticed_takes_endless_time() -> None:
    """It counts with all of its exchanges; the median time is beyond what was seen."""
    unseen = [hostile("a", "c", "loud", 0.0, DAY)]
    leakage = grade(truth_of(unseen), said_of(unseen)).leakage
    assert leakage.campaigns[0].hours is None
    assert (leakage.hours.median, leakage.hours.missed) == (None, 1)
    assert leakage.before_first.median == len(DAY)


def test_a_campaign_is_stopped_under_a_mark_by_each_reading() -> None:
    """Of 1,200 exchanges 600 came before the first alert: stopped under 1,000 by that, but not by half."""
    first = replace(hostile("a", "c", "loud", 0.9, tuple(range(600))), alert=299, said="distillation")
    second = hostile("b", "c", "loud", 0.9, tuple(range(600)))
    third = hostile("d", "c", "loud", 0.9, (1,))
    everyone = [first, second, third]
    mark = grade(truth_of(everyone), said_of(everyone)).leakage.marks[0]
    assert (mark.mark, mark.first_alert.hits, mark.half_flagged.hits, mark.own_alerts.hits) == (1000, 1, 0, 1)


@pytest.mark.parametrize("accounts", [HONEST, LOUD, RELAYS])
def test_a_world_without_a_class_lacks_its_figures(accounts: list[Account]) -> None:
    """With one class alone what cannot be said is absent, and nothing fails."""
    found = grade(truth_of(accounts), said_of(accounts))
    assert (found.at[0].macro is None) == (accounts is not LOUD)
    assert (found.pr_auc is None) == (accounts is not LOUD)
    assert (found.leakage.share is None) == (accounts is not LOUD)


def test_an_account_without_a_verdict_counts_as_not_noticed() -> None:
    """Its score is 0 and it has no alert."""
    found = grade(truth_of(LOUD), said_of(LOUD[:1]))
    assert (found.alerts.recall.hits, found.alerts.recall.n) == (1, 4)


def test_the_same_seed_gives_the_same_intervals(grades: Grades) -> None:
    """Grading is deterministic."""
    assert grade(truth_of(EVERYONE), said_of(EVERYONE, {"mixed": 20, "whole": 150})) == grades
