from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.cli.standing_tables import drawn
from detector.ops.standing import Standing, look
from detector.store.findings import Findings
from detector.store.intake import IntakeCounts, Letter
from tests.support.stores import alert_of, claimed, commit_of, lease_of
from tests.support.topics import produce

if TYPE_CHECKING:
    from detector.store.interface import Store
    from tests.support.broker import Broker

TICK = 300_000
NOW = 100 * TICK


def text(now: Standing, before: Standing, rows: int = 99, width: int = 200) -> str:
    """What is drawn, on a wide terminal."""
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(drawn(now, before, TICK, rows))
    return console.export_text()


def fill(store: Store, topic: str = "t") -> None:
    """One partition that goes on, one that is idle, one that nobody has claimed; a leader and an alert."""
    lease = lease_of(store)
    letters = [Letter(0, "not_json", "record: no JSON")] * 3
    commits = [
        commit_of(claimed(store, f"{topic}/0"), 1200, 95, watermark=NOW - 90_000, letters=letters),
        commit_of(claimed(store, f"{topic}/1"), 0, idle=True),
    ]
    store.commit(commits, NOW - 2000)
    assert store.close_ticks(lease, TICK, NOW) == 99
    store.conclude(lease, Findings(98, [alert_of(n, subject_id="acc\x1b[31m") for n in range(9)]), 1)
    store.expect([f"{topic}/2"], NOW)


def test_everything_that_moves_is_shown(store: Store) -> None:
    """Leader, ticks, rates, lag, watermarks, dead letters, alerts and each partition with its owner."""
    fill(store)
    before = look(store, NOW, {})
    claim = store.claim(["t/0"], "worker-b", NOW)["t/0"]
    counts = IntakeCounts(read=1300, accepted=900, duplicate=60, late=340)
    store.commit([commit_of(claim, 1300, watermark=NOW - 90_000, counts=counts)], NOW + 1000)
    shown = text(look(store, NOW + 2000, {"t/0": 5300, "t/1": 0, "t/2": 7}), before)
    for told in (
        "1,300 records, 50/s", "900 accepted, 60 duplicate, 340 too late",
        "4,007 records", "leader, lease ended", "closed up to 1970-01-01 08:15 UTC",
        "the leader is 5 min behind", "1 min 32 s behind the clock", "9 revisions", "3 kept: not_json 3",
        "1 s ago", "worker-b", "idle", "nobody", "account acc",
    ):  # fmt: skip
        assert told in shown
    assert "\x1b" not in shown


def test_a_narrow_terminal_names_partitions(store: Store) -> None:
    """In pieces that can be read; owners are shortened instead."""
    fill(store, "llm.usage-events")
    lags = {f"llm.usage-events/{number}": 1_234_567 for number in range(3)}
    stands = look(store, NOW, lags)
    shown = text(stands, stands, width=80)
    assert "llm.usage-ev" in shown
    assert "1,200" in shown


def test_partitions_that_are_behind_come_first(store: Store) -> None:
    """A screen holds only so many, and says how many more there are."""
    fill(store)
    stands = look(store, NOW, {"t/0": 1200, "t/1": 0, "t/2": 7})
    shown = text(stands, stands, rows=1)
    assert "t/2" in shown
    assert "t/0" not in shown
    assert "… 2 more" in shown


def test_an_empty_store_is_shown(store: Store) -> None:
    """Before anything was read there is nothing to divide by."""
    empty = look(store, NOW, {})
    assert "nobody" in text(empty, empty)


@pytest.mark.kafka
@pytest.mark.parametrize("client", ["kafka-python", "confluent"])
def test_the_command_asks_the_brokers_for_the_lag(
    kafka_broker: Broker, store: Store, store_url: str, client: str
) -> None:
    """With the topics that the store knows, and without taking anything from a worker."""
    topic = f"status-{client}-{store_url.partition(':')[0]}"
    kafka_broker.create_topic(topic, 3)
    produce(kafka_broker, topic, [b"{}"] * 1207)
    fill(store, topic)
    options = ["--once", "--every", "0.1", "--store", store_url, "--client", client]
    result = CliRunner().invoke(make_app(), ["status", *options, "--brokers", kafka_broker.address])
    assert result.exit_code == 0, result.output
    assert "7 records" in result.output
    assert "not asked" in CliRunner().invoke(make_app(), ["status", *options]).output
