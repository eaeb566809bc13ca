from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner, Result

from detector.alert import timestamp
from detector.cli.app import make_app
from detector.store.findings import Findings
from detector.store.opening import open_store
from detector.store.revisions import released
from detector.stream.clock import SystemClock
from detector.stream.pages import Pager, stored_facts
from features.state import State
from tests.support.stores import claimed, commit_of, lease_of

if TYPE_CHECKING:
    from pathlib import Path

    from detector.store.interface import Store

MINUTES_5 = 300_000


def run(*arguments: str) -> Result:
    """Run a command of the group."""
    return CliRunner().invoke(make_app(), ["store", *arguments])


def test_an_upgrade_makes_a_store(empty_url: str) -> None:
    """Where there is none, and again changes nothing."""
    for _ in range(2):
        result = run("upgrade", "--store", empty_url)
        assert result.exit_code == 0, result.output
        assert f"the store has schema {released()[-1]}" in result.output
    open_store(empty_url).close()


def test_info_says_what_is_stored(store: Store, store_url: str) -> None:
    """Rows, size, how far ticks are, what a recovery would fold, and how long things stay."""
    lease = lease_of(store)
    store.commit([commit_of(claimed(store), 1, 7, 40, watermark=30 * MINUTES_5)], 1)
    assert store.close_ticks(lease, MINUTES_5, 0) == 29
    store.conclude(lease, Findings(29), 1)
    made = SystemClock().now() - 7_500_000
    store.checkpoint(lease, Pager("").delta(17, State(), stored_facts("a model", made)).delta)
    result = run("info", "--store", store_url)
    said = " ".join(result.output.split())
    assert result.exit_code == 0
    for told in (
        f"schema {released()[-1]}", "partitions 1,", "frames 1,", "closed up to 1970-01-01T02:25:00.000Z",
        "checkpoint behind 1 h of event time",
        f"checkpoint made {timestamp(made)}, 2 h 5 min ago",
        "events in frames 1", "leader leader", "alerts 400 d",
    ):  # fmt: skip
        assert told in said


def test_a_partition_that_is_gone_is_retired(store: Store, store_url: str) -> None:
    """Ticks close without it; a name that the store does not know is an error."""
    store.expect(["t/0", "t/1"], 0)
    assert run("retire", "t/1", "--store", store_url).exit_code == 0
    assert [one.idle for one in store.partitions()] == [False, True]
    unknown = run("retire", "t/1", "t/9", "--store", store_url)
    assert unknown.exit_code == 2
    assert "the store knows no partition t/9" in " ".join(unknown.output.split())


def test_a_store_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    """With the remedy, and nothing is made."""
    result = run("info", "--store", f"sqlite:///{tmp_path / 'absent.db'}")
    assert result.exit_code == 2
    assert "run `stillwatch store upgrade`" in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []
