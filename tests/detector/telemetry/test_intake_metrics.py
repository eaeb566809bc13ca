from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.store.intake import Claim, Frame, IntakeCounts, Letter, PartitionCommit
from detector.telemetry.telemetry import Telemetry, make_telemetry
from features.adapters import make_adapter
from features.hashing import HashKey
from streaming.partitions import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

ORIGIN = "llm.usage/0"
EVENT = b'{"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "somebody", "model": "m"}'
BEFORE = IntakeCounts(read=100, accepted=90, duplicate=4, late=3, dead_lettered=3, lifecycle=2)
AFTER = IntakeCounts(read=160, accepted=140, duplicate=6, late=4, dead_lettered=10, lifecycle=3)


@pytest.fixture
def telemetry() -> Telemetry:
    """Of a worker that was given one partition, of which others had read a part."""
    made = make_telemetry()
    made.intake.assigned([Claim(ORIGIN, 3, 100, b"", BEFORE, idle=False, closed=None)])
    return made


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    """What is exposed now."""
    return telemetry.registry.get_sample_value(f"stillwatch_{name}", labels)


def commit(counts: IntakeCounts, letters: Sequence[Letter] = ()) -> PartitionCommit:
    """Two frames, and a watermark of one second."""
    frames = (Frame(1, 10, b"12345"), Frame(2, 5, b"123"))
    return PartitionCommit(ORIGIN, 3, 160, b"", 1000, counts, frames, letters=letters)


def test_records_are_counted_from_where_others_left_off(telemetry: Telemetry) -> None:
    """Totals of the partition become steps of this process; read is the sum of the outcomes."""
    assert value(telemetry, "records_read_total", origin=ORIGIN) == 0
    telemetry.intake.committed([commit(AFTER)], 0.2)
    telemetry.intake.committed([commit(AFTER)], 0.2)

    outcomes = {
        outcome: value(telemetry, "records_total", origin=ORIGIN, outcome=outcome)
        for outcome in ("accepted", "duplicate", "late", "dead_lettered")
    }
    assert outcomes == {"accepted": 50, "duplicate": 2, "late": 1, "dead_lettered": 7}
    assert value(telemetry, "records_read_total", origin=ORIGIN) == 60
    assert value(telemetry, "lifecycle_records_total") == 1
    assert value(telemetry, "commit_seconds_count", role="worker") == 2


def test_a_commit_tells_where_its_partition_stands(telemetry: Telemetry) -> None:
    """Watermark in seconds, frames and their bytes, and whether ticks close without the partition."""
    telemetry.intake.committed([commit(AFTER)], 0.2)
    assert value(telemetry, "watermark_timestamp_seconds", origin=ORIGIN) == 1
    assert value(telemetry, "frames_total") == 2
    assert value(telemetry, "frame_bytes_total") == 8
    assert value(telemetry, "partition_idle", origin=ORIGIN) == 0


def test_dead_letters_are_counted_by_reason(telemetry: Telemetry) -> None:
    """Reasons of decoding by their names, those of later steps together."""
    letters = [Letter(1, "not_json", ""), Letter(2, "not_json", ""), Letter(3, "made up later", "")]
    telemetry.intake.committed([commit(AFTER, letters)], 0.2)
    assert value(telemetry, "dead_letters_total", reason="not_json") == 2
    assert value(telemetry, "dead_letters_total", reason="other") == 1
    assert value(telemetry, "dead_letters_total", reason="too_large") == 0


def test_a_partition_that_went_is_told_of_no_more(telemetry: Telemetry) -> None:
    """Its new owner tells of it: here remain counters only, and late reports are not taken."""
    telemetry.intake.committed([commit(AFTER)], 0.2)
    telemetry.intake.progressed({ORIGIN: Progress(160, 5)}, {ORIGIN}, 7)
    assert value(telemetry, "source_lag_records", origin=ORIGIN) == 5
    assert value(telemetry, "partition_paused", origin=ORIGIN) == 1

    telemetry.intake.revoked([ORIGIN])
    telemetry.intake.progressed({ORIGIN: Progress(170, 5)}, (), 0)

    gauges = ("source_lag_records", "source_position", "watermark_timestamp_seconds", "partition_idle")
    assert [value(telemetry, gauge, origin=ORIGIN) for gauge in (*gauges, "partition_paused")] == [None] * 5
    assert value(telemetry, "records_read_total", origin=ORIGIN) == 60
    assert value(telemetry, "rebalances_total") == 2
    assert value(telemetry, "partitions_assigned") == 0


def test_a_commit_of_what_went_counts_nothing(telemetry: Telemetry) -> None:
    """A commit that ends after its partition was revoked leaves no series behind."""
    telemetry.intake.revoked([ORIGIN])
    telemetry.intake.committed([commit(AFTER)], 0.2)
    assert value(telemetry, "watermark_timestamp_seconds", origin=ORIGIN) is None
    assert value(telemetry, "records_read_total", origin=ORIGIN) == 0


def test_fields_are_counted_over_blocks(telemetry: Telemetry) -> None:
    """What blocks had is added up until a commit, which tells it once."""
    block = make_adapter("canonical", HashKey.from_secret("s")).decode([EVENT, EVENT])
    telemetry.intake.decoded(block)
    telemetry.intake.decoded(block)
    telemetry.intake.committed([], 0.2)
    telemetry.intake.committed([], 0.2)
    assert value(telemetry, "event_fields_total", field="model", logged="yes") == 4
    assert value(telemetry, "event_fields_total", field="device", logged="no") == 4
    assert value(telemetry, "event_fields_total", field="device", logged="yes") == 0


def test_what_goes_wrong_is_counted(telemetry: Telemetry) -> None:
    """Fenced and failed transactions, restarts of the client; polls as a moment."""
    telemetry.intake.fenced()
    telemetry.intake.failed()
    telemetry.intake.restarted("poll")
    telemetry.intake.polled(12_500)
    telemetry.intake.dead_letter_limit(0.5)
    assert value(telemetry, "commits_fenced_total", role="worker") == 1
    assert value(telemetry, "store_errors_total", role="worker") == 1
    assert value(telemetry, "source_restarts_total", cause="poll") == 1
    assert value(telemetry, "last_poll_timestamp_seconds") == 12.5
    assert value(telemetry, "dead_letter_limit_ratio") == 0.5
