from __future__ import annotations

from itertools import accumulate, pairwise
from math import exp
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detector.streamed import TICK, Detector, asks, cut, name_of
from tests.features.account.streams import START

if TYPE_CHECKING:
    from detector.alert import Alert
    from tests.features.account.streams import Stream

HOUR = 60
DAY = 24 * HOUR
SAID = st.tuples(
    st.sampled_from([0.0, 0.0, 1.0, 4.9, 5.0, 40.0]),
    st.integers(0, 6),
    st.integers(1, 2),
    st.sampled_from([50, 450, 550, 650, 750, 850, 950]),
)
FEW = settings(max_examples=30)
CUTS = st.lists(st.integers(0, 150), max_size=4)


def streams(most: int = 30) -> st.SearchStrategy[Stream]:
    """Few accounts and wordings, so that campaigns come and go."""
    return st.lists(SAID, min_size=min(most, 12), max_size=most).map(_spaced)


def _spaced(drawn: list[tuple[float, int, int, int]]) -> Stream:
    minutes = accumulate(step for step, *_ in drawn)
    return asks(*((minute, *told) for minute, told in zip(minutes, (one[1:] for one in drawn), strict=True)))


def group(
    minute: float, accounts: range, words: int = 1, score: int = 900
) -> list[tuple[float, int, int, int]]:
    """Accounts that ask the same."""
    return [(minute, account, words, score) for account in accounts]


@FEW
@given(streams(), CUTS)
def test_alerts_do_not_depend_on_batches(stream: Stream, cuts: list[int]) -> None:
    """Revisions, and the campaigns at the end, are the same however the log was cut."""
    whole, pieces = Detector().run(stream), Detector().run(*cut(stream, cuts))

    assert pieces.alerts == whole.alerts
    assert pieces.settle().engine.campaigns.campaigns == whole.settle().engine.campaigns.campaigns


@FEW
@given(streams(), st.integers(0, 150))
def test_alerts_use_nothing_that_came_later(stream: Stream, last: int) -> None:
    """A log that ends earlier gives the same alerts up to then, but for the tick in which it ends."""
    early = stream.take(list(range(min(last, len(stream.events)))))
    closed = (max((event["available"] for event in early.events), default=0) - 1) // TICK * TICK

    expected = [alert for alert in Detector().run(stream).alerts if alert.time <= closed]
    assert [alert for alert in Detector().run(early).alerts if alert.time <= closed] == expected


@FEW
@given(streams())
def test_members_have_no_alert_of_their_own(stream: Stream) -> None:
    """While an account is in a campaign nothing is said of it alone; its campaign's alert is open."""
    detector, known = Detector(), 0
    for _ in detector.steps(stream):
        new, known = detector.alerts[known:], len(detector.alerts)
        latest = {alert.subject_id: alert.status for alert in detector.alerts}
        homes = {name: detector.engine.campaigns.of(row) for row, name in _names(detector)}

        assert [alert.subject_id for alert in new if homes.get(alert.subject_id) is not None] == []
        assert {latest[home] for home in homes.values() if home is not None} <= {"open"}


@FEW
@given(streams())
def test_an_account_without_a_campaign_is_told_of_as_it_is(stream: Stream) -> None:
    """Who asks and is held to be distilling has an open alert; who is not held so any more has none."""
    detector = Detector()
    for tick in detector.steps(stream):
        latest = {alert.subject_id: alert.status for alert in detector.alerts}
        verdicts, asked = detector.engine.verdicts, set(tick.accounts.tolist())
        for row, name in _names(detector):
            if detector.engine.campaigns.of(row) is not None:
                continue
            told = latest.get(name) == "open"
            assert told <= bool(verdicts["open"][row])
            assert told or row not in asked or not verdicts["open"][row]


@FEW
@given(streams())
def test_every_alert_counts_its_revisions(stream: Stream) -> None:
    """They count up by one from an open one, at most one a tick, and no cleared alert is cleared again."""
    alerts: dict[str, list[Alert]] = {}
    for alert in Detector().run(stream).alerts:
        alerts.setdefault(alert.alert_id, []).append(alert)

    for revisions in alerts.values():
        assert [alert.revision for alert in revisions] == list(range(1, len(revisions) + 1))
        times = [alert.time for alert in revisions]
        assert times == sorted(set(times))
        cleared = [True] + [alert.status == "cleared" for alert in revisions]
        assert not any(before and now for before, now in pairwise(cleared))


@FEW
@given(streams())
def test_reasons_of_accounts_add_up_to_the_score_that_is_told(stream: Stream) -> None:
    """The score of every revision is the one that its reasons explain, who joins others included."""
    for alert in Detector().run(stream).of_kind("account"):
        logit = sum(reason.weight for reason in alert.reasons)
        assert alert.score == pytest.approx(1 / (1 + exp(-logit)), abs=1e-6)


@FEW
@given(streams())
def test_an_account_is_first_alerted_when_an_alert_first_covers_it(stream: Stream) -> None:
    """In the tick that its verdict names, it had an alert of its own or was in a campaign with one."""
    detector = Detector()
    covered: dict[int, int] = {}
    for tick in detector.steps(stream):
        raised = {alert.subject_id for alert in detector.alerts if alert.time == tick.end}
        for row, name in _names(detector):
            if name in raised or detector.engine.campaigns.of(row) is not None:
                covered.setdefault(row, tick.end)

    first = detector.engine.verdicts["first_alert"]
    assert {row: int(first[row]) for row in first.nonzero()[0].tolist()} == covered


def test_a_group_that_is_found_at_once_is_one_alert() -> None:
    """Five accounts that ask the same raise one campaign, and none by itself."""
    detector = Detector().run(asks(*group(0, range(5)), (0, 7, 2, 100)))

    assert [alert.kind for alert in detector.alerts] == ["campaign"]
    assert {detector.campaign_of(account) for account in range(5)} == {detector.alerts[0].subject_id}
    assert detector.campaign_of(7) is None


def test_who_joins_a_campaign_keeps_the_time_of_the_first_alert() -> None:
    """An account alerted by itself joins others an hour later: nothing more is said of it alone."""
    detector = Detector().run(asks((0, 0, 1, 900), *group(HOUR, range(4))))

    alone, together = detector.alerts
    assert (alone.subject_id, alone.kind, alone.time) == (name_of(0), "account", START + TICK)
    assert (together.kind, together.time) == ("campaign", START + HOUR * 60_000 + TICK)
    assert detector.campaign_of(0) == together.subject_id
    assert detector.engine.verdicts["first_alert"][detector.row(0)] == alone.time


def test_who_is_left_of_a_campaign_and_asks_on_gets_an_alert() -> None:
    """Of three the others turn out to be honest; the last one is told of by itself, at its next request."""
    honest = [(HOUR, 1, 3, 0), (HOUR, 2, 4, 0)] * 4
    detector = Detector().run(asks(*group(0, range(3)), *honest, (2 * HOUR, 0, 1, 900)))

    told = [(alert.kind, alert.status) for alert in detector.alerts]
    assert told == [("campaign", "open"), ("campaign", "cleared"), ("account", "open")]
    assert (detector.alerts[2].subject_id, detector.alerts[2].revision) == (name_of(0), 1)


def test_a_campaign_that_is_forgotten_ends_without_an_alert_for_each_member() -> None:
    """Its links were not shown for longer than they are remembered, and its members are silent."""
    later = [(day * DAY, 8, 2, 100) for day in range(1, 7)]
    detector = Detector(remember=2).run(asks(*group(0, range(5)), *later))

    assert [(alert.kind, alert.status) for alert in detector.alerts] == [
        ("campaign", "open"),
        ("campaign", "cleared"),
    ]


@settings(max_examples=10)
@given(st.permutations(range(5)))
def test_company_raises_who_is_nearly_there(order: list[int]) -> None:
    """At a score that raises nothing alone, who works beside three alerted accounts joins their campaign."""
    stream = asks(
        *((order.index(account) * 0.01, account, 1, 900 - 180 * (account > 2)) for account in order)
    )

    detector = Detector().run(stream)

    assert [alert.kind for alert in detector.alerts] == ["campaign"]
    assert len(detector.engine.campaigns.campaigns[0].members) == 5
    assert Detector().run(asks((0, 3, 1, 720))).alerts == []


def test_two_are_no_company_to_a_third() -> None:
    """Who shares the words of two alerted accounts gains no more from them than they do from each other."""
    detector = Detector().run(asks((0, 0, 1, 900), (0, 1, 1, 900), (0, 2, 1, 720)))

    verdicts = detector.engine.verdicts
    assert verdicts["open"][[detector.row(account) for account in range(3)]].tolist() == [True, True, False]
    assert verdicts["score"][detector.row(2)] == pytest.approx(0.72)


def _names(detector: Detector) -> list[tuple[int, str]]:
    return list(enumerate(detector.loop.ledger.accounts.names))
