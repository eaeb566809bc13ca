from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from detector.alert import timestamp
from detector.cli.app import make_app
from detector.defaults import KEY_VARIABLE
from detector.ops.checking import Outcome
from detector.ops.queue_checks import queue_check, queue_look
from detector.store.opening import upgrade
from detector.stream.clock import SystemClock
from streaming.queue.settings import QueueSettings
from streaming.queue.writer import QueueWriter
from streaming.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, records: int, partitions: int = 2) -> Path:
    """A queue of events of just now, each batch of its own account."""
    now = SystemClock().now()
    with QueueWriter(path, QueueSettings(partitions=partitions)) as writer:
        for number in range(records):
            account = f"account-{number % 7}"
            record = {"event_id": f"e{number}", "time": timestamp(now - 1000 + number), "account_id": account}
            writer.append([(account, json.dumps(record).encode())]).result(10)
    return path


def test_the_last_records_of_each_partition_are_looked_at(tmp_path: Path) -> None:
    """As they lie: nobody learns that somebody looked."""
    path = written(tmp_path / "queue", 40)
    before = {one: one.stat().st_mtime_ns for one in path.rglob("*")}
    ends, blocks = queue_look(path, 5)
    assert sum(ends.values()) == 40
    for origin, end in ends.items():
        positions = [at for block in blocks if block.origin == origin for at in block.positions]
        assert positions == list(range(max(0, end - 5), end))
    assert {one: one.stat().st_mtime_ns for one in path.rglob("*")} == before


def test_an_empty_queue_has_nothing_to_look_at(tmp_path: Path) -> None:
    """And is well."""
    path = written(tmp_path / "queue", 0)
    assert queue_look(path, 5)[1] == []
    assert queue_check(path).outcome is Outcome.OK


def test_what_is_no_queue_is_a_failure(tmp_path: Path) -> None:
    """With the remedy."""
    found = queue_check(tmp_path)
    assert (found.outcome, "no queue is there" in found.said) == (Outcome.FAILURE, True)
    with pytest.raises(SourceError, match="no queue is there"):
        queue_look(tmp_path, 5)


@pytest.mark.parametrize(("records", "code"), [(20, 0), (None, 1)])
def test_the_doctor_looks_into_a_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: int | None, code: int
) -> None:
    """With no broker anywhere."""
    monkeypatch.setenv(KEY_VARIABLE, "a secret of the tests")
    url, path = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "queue"
    upgrade(url)
    if records is not None:
        written(path, records)
    result = CliRunner().invoke(make_app(), ["doctor", "--queue", str(path), "--store", url])
    assert result.exit_code == code, result.output
    assert ("no queue is there" in " ".join(result.output.split())) == (records is None)
    assert ("keys" in result.output) == (records is not None)
