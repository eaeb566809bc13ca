from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.outputs import ALERTS
from tests.support.logs import START, Event, Shape, available, make_log, seeded, stamp

if TYPE_CHECKING:
    from tests.support.replays import Replayer

SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=8)
SMALL = Shape(honest=6, harvesting=2, requests=6, span=timedelta(hours=3))


def small_log(seed: int) -> list[Event]:
    """Few events, for many replays."""
    return make_log(seed, SMALL)


def in_order(records: list[Event]) -> list[Event]:
    """By time."""
    return sorted(records, key=lambda record: str(record["time"]))


def test_harvesting_accounts_are_alerted_and_honest_ones_are_not(replay: Replayer) -> None:
    """The shipped model tells the two kinds of account in our own small log apart."""
    found = replay(make_log(1))
    assert found.alerted == {name for name in found.accounts if name.startswith("pipe-")}
    assert len({row["campaign_id"] for row in found.accounts.values()} - {None}) == 1


@FEW
@given(seed=SEEDS)
def test_findings_do_not_depend_on_the_size_of_batches(eager: Replayer, seed: int) -> None:
    """Blocks of 1, 7 and 8192 records give the same alerts, accounts and campaigns, byte for byte."""
    log = small_log(seed)
    whole = eager(log, block_records=8192)
    assert {alert["kind"] for alert in whole.alerts} == {"account", "campaign"}
    assert eager(log, block_records=1).files == whole.files
    assert eager(log, block_records=7).files == whole.files


@FEW
@given(seed=SEEDS)
def test_a_second_run_is_identical(eager: Replayer, seed: int) -> None:
    """Two replays of one log write the same bytes."""
    log = small_log(seed)
    assert eager(log).files == eager(log).files


@settings(max_examples=4)
@given(seed=SEEDS, data=st.data())
def test_an_alert_stays_when_later_events_are_cut_off(
    eager: Replayer, seed: int, data: st.DataObject
) -> None:
    """Whatever is cut off after a moment, the alerts up to it are those of the whole log."""
    log = small_log(seed)
    whole = eager(log).alerts
    minutes = st.integers(1, int(SMALL.span / timedelta(minutes=1)) + 10)
    for minute in data.draw(st.lists(minutes, min_size=6, max_size=6)):
        cut = START + timedelta(minutes=minute)
        before = [alert for alert in whole if alert["time"] <= stamp(cut)]
        found = eager([event for event in log if available(event) <= cut]).alerts
        assert [alert for alert in found if alert["time"] <= stamp(cut)] == before


@FEW
@given(seed=SEEDS, picks=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_duplicates_count_once(eager: Replayer, seed: int, picks: list[int]) -> None:
    """Records sent again, right away or soon after, change nothing but the count of duplicates."""
    log = small_log(seed)
    again = list(log)
    for pick in picks:
        at = pick % len(again)
        again.insert(min(at + 1 + pick % 5, len(again)), again[at])
    found, plain = eager(again), eager(log)
    assert found.files == plain.files
    assert found.summary["duplicate"] == len(picks)
    assert found.adds_up


def test_a_file_given_twice_counts_once(eager: Replayer) -> None:
    """The same log under two names gives the findings of one."""
    log = small_log(5)
    found, plain = eager(log, log), eager(log)
    assert found.files == plain.files
    assert found.summary["duplicate"] == len(log)


@FEW
@given(seed=SEEDS, shares=st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_several_files_are_the_merged_file_in_any_order(
    eager: Replayer, seed: int, shares: list[int]
) -> None:
    """A log dealt out over three files, given in either order, gives the findings of the one file."""
    log = small_log(seed)
    dealt: list[list[Event]] = [[], [], []]
    for i, event in enumerate(log):
        dealt[shares[i % len(shares)]].append(event)
    whole = eager(log).files
    assert eager(*dealt).files == whole
    assert eager(*reversed(dealt)).files == whole


@FEW
@given(seed=SEEDS)
def test_no_country_changes_anything(eager: Replayer, seed: int) -> None:
    """Countries handed round among the events change no score and no alert."""
    log = small_log(seed)
    countries = [event["client_country"] for event in log]
    seeded(seed).shuffle(countries)
    moved = [event | {"client_country": country} for event, country in zip(log, countries, strict=True)]
    assert eager(moved).files == eager(log).files


@FEW
@given(seed=SEEDS)
def test_our_own_denials_and_releases_of_models_are_no_evidence(eager: Replayer, seed: int) -> None:
    """Requests that our hook refused and records of new models change no score and no alert."""
    log, extra = small_log(seed), list[Event]()
    for i, event in enumerate(seeded(seed).sample(log, 20)):
        extra.append(event | {"event_id": f"denied-{i}", "denied_by": "stillwatch", "status": 403})
        extra.append({"kind": "model_release", "time": event["time"], "model": "lyra-large-5"})
    found, plain = eager(in_order([*log, *extra])), eager(log)
    assert found.scores == plain.scores
    assert found.files[ALERTS] == plain.files[ALERTS]
    assert found.summary["lifecycle"] == 20
    assert found.adds_up


@FEW
@given(seed=SEEDS)
def test_bans_are_no_evidence(eager: Replayer, seed: int) -> None:
    """They may say whom a campaign replaced; no account scores otherwise, or is alerted at another time."""
    log = small_log(seed)
    bans: list[Event] = [
        {"kind": kind, "time": event["time"], "account_id": event["account_id"]}
        for kind in ("ban", "ban", "unban")
        for event in seeded(seed).sample(log, 10)
    ]
    found, plain = eager(in_order([*log, *bans])), eager(log)
    told = ("score", "label", "first_alert_time", "reasons", "relay_score", "anomaly")
    for name, row in plain.accounts.items():
        assert {column: found.accounts[name][column] for column in told} == {c: row[c] for c in told}
    assert found.summary["lifecycle"] == 30
    assert found.adds_up


@FEW
@given(seed=SEEDS, size=st.integers(1, 9))
def test_bans_do_not_depend_on_the_size_of_batches(eager: Replayer, seed: int, size: int) -> None:
    """Nor on which of several files they are in: they hold in the ticks that they lie in."""
    log = small_log(seed)
    bans: list[Event] = [
        {"kind": "ban", "time": event["time"], "account_id": event["account_id"]}
        for event in seeded(seed).sample(log, 6)
    ]
    whole = eager(in_order([*log, *bans])).files
    assert eager(in_order([*log, *bans]), block_records=size).files == whole
    assert eager(log, in_order(bans), block_records=size).files == whole


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_access_is_no_evidence(eager: Replayer, status: int) -> None:
    """Requests answered 401 or 403 are somebody's earlier verdict: they change no score."""
    log = small_log(3)
    extra = [
        event
        | {"event_id": f"refused-{i}", "status": status, "output_tokens": None, "response": None}
        | {"finish_reason": None}
        for i, event in enumerate(seeded(3).sample(log, 20))
    ]
    assert eager(in_order([*log, *extra])).scores == eager(log).scores
