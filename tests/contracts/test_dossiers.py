from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.dossier.records import Point
from detector.store.errors import Fenced
from detector.store.findings import DossierRecord, Findings, MeasurementRecord, SeriesPoint
from detector.store.retention import Retention
from tests.support.dossiers import account_dossier, dossier_record, measurement
from tests.support.stores import lease_of, verdict_of

if TYPE_CHECKING:
    from detector.dossier.reading import Dossiers
    from detector.store.interface import Store


def test_a_dossier_comes_back_as_it_was(store: Store, dossiers: Dossiers) -> None:
    """Of any name, and only of its own kind."""
    said = account_dossier("a\0'\\b", score=0.7)
    store.conclude(lease_of(store), Findings(1, dossiers=[dossier_record(said)]), 5)
    assert dossiers.account("a\0'\\b") == said
    assert dossiers.campaign("a\0'\\b") is None
    assert dossiers.account("b") is None


def test_the_latest_dossier_stands(store: Store, dossiers: Dossiers) -> None:
    """What a leader repeats after a crash, older than what is stored, changes nothing."""
    lease = lease_of(store)
    first, second, third = (account_dossier("a", time=time, score=time / 1000) for time in (100, 200, 300))
    store.conclude(lease, Findings(2, dossiers=[dossier_record(first), dossier_record(second)]), 5)
    assert dossiers.account("a") == second
    store.conclude(lease, Findings(1, dossiers=[dossier_record(first)]), 6)
    assert dossiers.account("a") == second
    store.conclude(lease, Findings(3, dossiers=[dossier_record(third)]), 7)
    assert dossiers.account("a") == third


def test_what_accounts_share_leads_from_one_to_the_next(store: Store, dossiers: Dossiers) -> None:
    """The most probable first; what an account no longer shows, it is no longer found by."""
    lease = lease_of(store)
    found = [
        dossier_record(account_dossier("a"), {"head:1": 3, "device:2": 1}),
        dossier_record(account_dossier("b"), {"head:1": 7}),
        dossier_record(account_dossier("c"), {"head:1": 2}),
    ]
    store.conclude(
        lease, Findings(1, verdicts=[verdict_of("a", score=0.5), verdict_of("b")], dossiers=found), 5
    )
    assert [(one.account_id, one.requests, one.score) for one in dossiers.sharing("head:1", 9)] == [
        ("b", 7, 0.9), ("a", 3, 0.5), ("c", 2, None),
    ]  # fmt: skip
    assert [one.account_id for one in dossiers.sharing("head:1", 1)] == ["b"]
    later = dossier_record(account_dossier("a", time=200), {"head:1": 4})
    store.conclude(lease, Findings(2, dossiers=[later]), 6)
    assert dossiers.sharing("device:2", 9) == []
    assert [one.requests for one in dossiers.sharing("head:1", 9)] == [7, 4, 2]


def test_measurements_are_one_a_step(store: Store, dossiers: Dossiers) -> None:
    """What is told again of a step takes its place, whoever tells it how often."""
    lease = lease_of(store)
    told = [measurement("a", 0, 0.4), measurement("a", 3_600_000, 0.5), measurement("a", 3_600_000, 0.6)]
    for now in (5, 6):
        store.conclude(lease, Findings(1, measurements=[*told, measurement("b", 0, 0.1)]), now)
    assert [(one.time, one.score) for one in dossiers.history("account", "a")] == [(0, 0.4), (3_600_000, 0.6)]
    assert [one.time for one in dossiers.history("account", "a", 1)] == [3_600_000]
    assert dossiers.history("campaign", "a") == []


def test_series_are_summed_over_longer_steps(store: Store, dossiers: Dossiers) -> None:
    """Counts add up; of how many there are at a time the most counts."""
    points = [
        SeriesPoint(name, time, value)
        for name in ("events", "accounts.open")
        for time, value in ((0, 5.0), (300, 7.0), (600, 1.0))
    ]
    lease = lease_of(store)
    for now in (5, 6):
        store.conclude(lease, Findings(1, series=points), now)
    assert dossiers.series(["events", "accounts.open", "none"], 0, 600) == {
        "events": [Point(0, 12.0), Point(600, 1.0)],
        "accounts.open": [Point(0, 7.0), Point(600, 1.0)],
        "none": [],
    }
    assert dossiers.series(["events"], 300, 300) == {"events": [Point(300, 7.0), Point(600, 1.0)]}


def test_what_is_old_is_removed(store: Store, dossiers: Dossiers) -> None:
    """Measurements by when they were recorded, series by event time."""
    lease = lease_of(store)
    series = [SeriesPoint("events", time, 1.0) for time in (0, 900, 1000)]
    store.conclude(lease, Findings(1, measurements=[measurement("a", 0, 0.4)], series=series), 50)
    store.conclude(lease, Findings(2, measurements=[measurement("a", 1, 0.5)]), 100)
    pruned = store.prune(1050, Retention(measurements=990, series=500, samples=500))
    assert (pruned.measurements, pruned.series) == (1, 1)
    assert [one.time for one in dossiers.history("account", "a")] == [1]
    assert [point.time for point in dossiers.series(["events"], 0, 1)["events"]] == [900, 1000]


def test_findings_without_dossiers_are_as_before(store: Store) -> None:
    """Nobody has to know of them."""
    store.conclude(lease_of(store), Findings(1), 5)
    assert store.leadership().concluded == 1


def test_a_follower_cannot_write_dossiers(store: Store, dossiers: Dossiers) -> None:
    """They are part of the leader's transaction, so that a fenced one leaves none."""
    record = DossierRecord("account", "a", 1, b"", ())
    with pytest.raises(Fenced):
        store.conclude(
            lease_of(store) + 1,
            Findings(
                1, dossiers=[record], measurements=[MeasurementRecord("account", "a", 0, 0, 0, 0, 1, None)]
            ),
            5,
        )
    assert dossiers.account("a") is None
    assert dossiers.history("account", "a") == []
