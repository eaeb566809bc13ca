from __future__ import annotations

import pytest

from detector.store.findings import AlertRecord, Findings
from detector.telemetry.leading import Standing, TableSize
from detector.telemetry.telemetry import Telemetry, make_telemetry

STANDING = Standing({"accounts": TableSize(10, 9000)}, 10, 5, 2, {"benign": 12, "distillation": 3})


@pytest.fixture
def telemetry() -> Telemetry:
    """Of a process that leads."""
    made = make_telemetry()
    made.leader.leads(now=True)
    made.leader.tick_length(300_000)
    return made


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    """What is exposed now."""
    return telemetry.registry.get_sample_value(f"stillwatch_{name}", labels)


def alert(revision: int, status: str) -> AlertRecord:
    """A revision of one alert."""
    return AlertRecord("alr_1", revision, 1000, "account", "somebody", "distillation", 0.9, status, b"{}")


def test_leadership_changes_are_counted_once(telemetry: Telemetry) -> None:
    """To renew a lease is no change."""
    telemetry.leader.leads(now=True)
    assert (value(telemetry, "leader"), value(telemetry, "lease_changes_total")) == (1, 1)
    telemetry.leader.leads(now=False)
    telemetry.leader.leads(now=False)
    assert (value(telemetry, "leader"), value(telemetry, "lease_changes_total")) == (0, 2)


def test_who_leads_no_more_tells_of_no_state(telemetry: Telemetry) -> None:
    """Two processes that both showed a state would be counted double."""
    telemetry.leader.stands(STANDING)
    assert value(telemetry, "state_bytes", table="accounts") == 9000
    assert value(telemetry, "accounts", tier="cold") == 5
    assert value(telemetry, "verdicts", label="relay") == 0
    telemetry.leader.waiting(4)

    telemetry.leader.leads(now=False)

    assert value(telemetry, "state_bytes", table="accounts") is None
    assert value(telemetry, "accounts", tier="cold") is None
    assert value(telemetry, "verdicts", label="distillation") is None
    assert (value(telemetry, "campaigns_open"), value(telemetry, "frames_waiting")) == (0, 0)


def test_ticks_are_timed(telemetry: Telemetry) -> None:
    """How many, how long, how many events, and how far in event time."""
    telemetry.leader.ticked(600_000, 40, 0.3)
    telemetry.leader.ticked(900_000, 2, 0.1)
    assert value(telemetry, "ticks_closed_total") == 2
    assert value(telemetry, "tick_seconds_sum") == pytest.approx(0.4)
    assert value(telemetry, "events_folded_total") == 42
    assert value(telemetry, "tick_end_timestamp_seconds") == 900
    assert value(telemetry, "tick_length_seconds") == 300


def test_alerts_are_counted_by_kind_label_and_status(telemetry: Telemetry) -> None:
    """Each revision that was stored counts, and every combination is there from the start."""
    labels = {"kind": "account", "label": "distillation"}
    assert value(telemetry, "alerts_total", **labels, status="open") == 0
    telemetry.leader.concluded(Findings(3, [alert(1, "open"), alert(2, "open"), alert(3, "cleared")]), 0.05)
    assert value(telemetry, "alerts_total", **labels, status="open") == 2
    assert value(telemetry, "alerts_total", **labels, status="cleared") == 1
    assert value(telemetry, "commit_seconds_count", role="leader") == 1


def test_checkpoints_and_what_goes_wrong(telemetry: Telemetry) -> None:
    """Time, bytes and moment of a checkpoint; accounts moved; fenced and failed transactions; recovery."""
    telemetry.leader.checkpointed(5_000, 1024, 2.0)
    telemetry.leader.moved(7, 1)
    telemetry.leader.fenced()
    telemetry.leader.failed()
    telemetry.leader.recovered(3.5)
    assert value(telemetry, "checkpoint_seconds_sum") == 2
    assert value(telemetry, "checkpoint_bytes_total") == 1024
    assert value(telemetry, "checkpoint_timestamp_seconds") == 5
    assert value(telemetry, "accounts_moved_total", direction="evicted") == 7
    assert value(telemetry, "commits_fenced_total", role="leader") == 1
    assert value(telemetry, "store_errors_total", role="leader") == 1
    assert value(telemetry, "recovery_seconds") == 3.5


def test_a_sink_is_seen_before_it_ever_delivered(telemetry: Telemetry) -> None:
    """Or a sink that never takes anything would have no series to compare its backlog with."""
    telemetry.delivery.backlog("alerts", 3)
    assert value(telemetry, "outbox_backlog", sink="alerts") == 3
    assert value(telemetry, "outbox_delivered_total", sink="alerts") == 0
    telemetry.delivery.delivered("alerts", 2)
    telemetry.delivery.failed("alerts")
    telemetry.delivery.stopped("alerts")
    assert value(telemetry, "outbox_delivered_total", sink="alerts") == 2
    assert value(telemetry, "outbox_errors_total", sink="alerts") == 1
    assert value(telemetry, "outbox_backlog", sink="alerts") is None


def test_the_model_in_use_is_one(telemetry: Telemetry) -> None:
    """A new model takes the place of the old one."""
    telemetry.runs("1.0", "sw-1", "c1")
    telemetry.runs("1.0", "sw-2", "c1")
    assert value(telemetry, "model_info", model_id="sw-1", catalogue="c1") is None
    assert value(telemetry, "model_info", model_id="sw-2", catalogue="c1") == 1
    assert value(telemetry, "build_info", version="1.0") == 1
