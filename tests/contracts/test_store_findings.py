from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.store.findings import CampaignRecord, Findings
from detector.store.intake import Letter
from detector.store.retention import Pruned, Retention
from tests.support.stores import alert_of, claimed, commit_of, lease_of, verdict_of

if TYPE_CHECKING:
    from detector.store.interface import Store


def test_alerts_have_versions_without_gaps(store: Store) -> None:
    """In the order of conclusion, across ticks, and readable from any version on."""
    lease = lease_of(store)
    found = [alert_of(1), alert_of(2), alert_of(1, 2, time=200)]
    store.conclude(lease, Findings(1, found[:2]), 5)
    store.conclude(lease, Findings(2, found[2:]), 6)
    assert [(kept.version, kept.alert) for kept in store.alerts(0, 9)] == list(enumerate(found, 1))
    assert [kept.version for kept in store.alerts(1, 1)] == [2]
    assert store.leadership().alerts == 3


def test_what_is_concluded_again_stays_as_it_is(store: Store) -> None:
    """After a crash ticks are concluded anew, in other groups perhaps: nothing gets a second version."""
    lease = lease_of(store)
    ticks = [
        Findings(n, [alert_of(7, n, n * 100)], [verdict_of("acc", n * 100, n / 10)], [_campaign(n * 100)])
        for n in (1, 2, 3)
    ]
    for findings in ticks:
        store.conclude(lease, findings, 5)
    once = store.alerts(0, 9), store.verdicts(0, 9), store.verdict_history("acc"), store.campaigns()
    store.conclude(lease, ticks[0], 6)
    store.conclude(
        lease,
        Findings(3, [*ticks[1].alerts, *ticks[2].alerts], [*ticks[1].verdicts, *ticks[2].verdicts]),
        7,
    )
    assert (store.alerts(0, 9), store.verdicts(0, 9), store.verdict_history("acc"), store.campaigns()) == once
    assert store.leadership().concluded == 3


def test_an_account_has_its_latest_verdict(store: Store) -> None:
    """Each change has a version of its own; the history keeps all, the verdicts the latest."""
    lease = lease_of(store)
    first, second, other = verdict_of("a", 100), verdict_of("a", 200, 0.5), verdict_of("b", 200)
    store.conclude(lease, Findings(2, verdicts=[first, second, other]), 5)
    assert [(kept.version, kept.verdict) for kept in store.verdicts(0, 9)] == [(2, second), (3, other)]
    assert [(kept.version, kept.verdict) for kept in store.verdict_history("a")] == [(1, first), (2, second)]
    latest = store.verdict_of("a")
    assert latest is not None
    assert latest.verdict == second
    assert store.verdict_of("nobody") is None
    assert [kept.version for kept in store.verdicts(2, 9)] == [3]


@pytest.mark.parametrize("name", ["a\0b", "\\0", "\\\0", "\0\\\\0", "账户", "a'b\"%s:x", " ", "é" * 512])
def test_accounts_may_have_any_name(store: Store, name: str) -> None:
    """An account's name is the sender's choice, and comes back as it was everywhere."""
    lease = lease_of(store)
    store.conclude(lease, Findings(1, [alert_of(1, subject_id=name)], [verdict_of(name)]), 5)
    latest = store.verdict_of(name)
    assert latest is not None
    assert latest.verdict.account_id == name
    assert [kept.verdict.account_id for kept in store.verdict_history(name)] == [name]
    assert [kept.alert.subject_id for kept in store.alerts(0, 9)] == [name]


def test_a_tick_may_change_thousands(store: Store) -> None:
    """More than fit into one statement are stored, and known again."""
    lease = lease_of(store)
    findings = Findings(1, [alert_of(n) for n in range(1100)], [verdict_of(f"a{n}") for n in range(1100)])
    store.conclude(lease, findings, 5)
    store.conclude(lease, findings, 5)
    assert [kept.version for kept in store.alerts(0, 9999)] == list(range(1, 1101))
    assert [kept.version for kept in store.verdicts(0, 9999)] == list(range(1, 1101))


def test_campaigns_are_kept_as_they_are_now(store: Store) -> None:
    """A later state replaces an earlier one, never the other way round."""
    lease = lease_of(store)
    store.conclude(lease, Findings(1, campaigns=[_campaign(100), _campaign(100, "cmp_0")]), 5)
    store.conclude(lease, Findings(2, campaigns=[_campaign(200)]), 5)
    store.conclude(lease, Findings(1, campaigns=[_campaign(100)]), 5)
    assert store.campaigns() == [_campaign(100, "cmp_0"), _campaign(200)]


def test_cursors_move_forwards_only(store: Store) -> None:
    """Each sink has one for each stream, from 0 on."""
    assert store.cursor("topic", "alerts") == 0
    store.advance("topic", "alerts", 5)
    store.advance("topic", "alerts", 3)
    store.advance("topic", "verdicts", 9)
    assert [store.cursor("topic", "alerts"), store.cursor("topic", "verdicts")] == [5, 9]
    assert store.cursor("siem", "alerts") == 0


def test_what_is_older_than_its_retention_goes(store: Store) -> None:
    """Alerts, the history of verdicts and letters go by when they were stored, seen ids by the watermark."""
    lease, claim = lease_of(store), claimed(store)
    letters = [Letter(0, "not_json", "record: no JSON")]
    for number in (1, 2):
        findings = Findings(number, [alert_of(number)], [verdict_of("a", number)], [_campaign(number)])
        store.conclude(lease, findings, number * 1000)
        commit = commit_of(claim, number * 10, number, letters=letters, watermark=60)
        store.commit([commit], number * 1000)
    retention = Retention(alerts=500, verdict_history=500, letters=500, seen=45)
    assert store.prune(2000, retention) == Pruned(alerts=1, verdict_history=1, letters=1, seen=1)
    assert store.prune(2000, retention) == Pruned(0, 0, 0, 0)
    assert [kept.version for kept in store.alerts(0, 9)] == [2]
    assert [kept.version for kept in store.verdict_history("a")] == [2]
    assert [kept.number for kept in store.letters(0, 9)] == [2]
    assert list(store.seen("t/0", 0)) == [b"seen 20"]
    assert len(list(store.frames(None, 9))) == 2
    assert store.prune(10**6, retention).verdict_history == 1
    assert store.verdict_of("a") is not None


def test_what_a_sink_has_not_read_yet_is_not_removed(store: Store) -> None:
    """However old: a sink that was down for long misses nothing; sinks of other streams do not matter."""
    lease = lease_of(store)
    store.conclude(lease, Findings(1, [alert_of(n) for n in range(3)]), 0)
    store.advance("topic", "alerts", 2)
    store.advance("siem", "alerts", 3)
    store.advance("topic", "verdicts", 1)
    assert store.prune(10**12, Retention()).alerts == 2
    assert [kept.version for kept in store.alerts(0, 9)] == [3]


def test_versions_go_on_after_pruning(store: Store) -> None:
    """A number is never given twice."""
    lease = lease_of(store)
    store.conclude(lease, Findings(1, [alert_of(1)]), 0)
    store.prune(10**12, Retention())
    store.conclude(lease, Findings(2, [alert_of(2)]), 0)
    assert [kept.version for kept in store.alerts(0, 9)] == [2]


def test_a_negative_retention_is_refused() -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match="retention seen is negative"):
        Retention(seen=-1)


def _campaign(time: int, name: str = "cmp_1") -> CampaignRecord:
    return CampaignRecord(name, "open", "distillation", 0.9, time, b'{"time": %d}' % time)
