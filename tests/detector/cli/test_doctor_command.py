from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner, Result

from detector.alert import timestamp
from detector.cli.app import make_app
from detector.defaults import DEFAULT_MODEL, KEY_VARIABLE
from detector.ops.checking import Outcome
from detector.ops.doctor import Examination, examine
from detector.store.opening import open_store
from detector.stream.assembly import StreamSettings, Topics
from detector.stream.clock import SystemClock
from streaming.kafka_settings import KafkaSettings
from tests.support.stores import commit_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.ops.checking import Check
    from tests.support.broker import Broker

NOW = SystemClock().now()
ENVIRON = {KEY_VARIABLE: "a secret of the tests"}


def event(number: int, account: str, **fields: Any) -> bytes:
    """An event of some seconds ago."""
    values = {"event_id": f"e{number}", "time": timestamp(NOW - 60_000 + number), "account_id": account}
    return json.dumps(values | fields).encode()


@dataclass
class Site:
    """A topic of two partitions, and a store that knows it."""

    broker: Broker
    topic: str
    store_url: str

    def send(self, partition: int, records: Sequence[bytes]) -> None:
        """Write records to a partition."""
        producer = KafkaProducer(bootstrap_servers=self.broker.address, acks="all")
        for record in records:
            producer.send(self.topic, value=record, partition=partition)
        producer.flush()
        producer.close()

    def work(self, *positions: int) -> None:
        """Read up to these positions as a worker, and lead."""
        store, origins = open_store(self.store_url), [f"{self.topic}/{n}" for n in range(len(positions))]
        claims = store.claim(origins, "worker-a", NOW)
        pairs = zip(origins, positions, strict=True)
        store.commit([commit_of(claims[origin], at, watermark=NOW) for origin, at in pairs], NOW)
        assert store.lead("leader-a", SystemClock().now(), 600_000)
        store.close()

    def examine(self, topics: Topics | None = None, **changes: Any) -> dict[str, Check]:
        """The checks by name; of several of a name the worst."""
        kafka = KafkaSettings((self.broker.address,), (self.topic,), unreachable_seconds=2.0)
        stream = StreamSettings(kafka, self.store_url, topics=topics or Topics())
        what = Examination(stream, DEFAULT_MODEL, None, 300_000, None, 100, "test")
        return examined(replace(what, **changes))


def examined(what: Examination, environ: dict[str, str] | None = None) -> dict[str, Check]:
    """The checks by name; of several of a name the worst."""
    found: dict[str, Check] = {}
    worst = list(Outcome)
    for check in examine(what, ENVIRON if environ is None else environ, SystemClock()):
        before = found.get(check.name)
        if before is None or worst.index(check.outcome) > worst.index(before.outcome):
            found[check.name] = check
    return found


@pytest.fixture
def site(kafka_broker: Broker, sqlite_template: Path, tmp_path: Path) -> Site:
    """A topic and a store of the test's own."""
    shutil.copy(sqlite_template, tmp_path / "store.db")
    kafka_broker.create_topic(tmp_path.name, 2)
    return Site(kafka_broker, tmp_path.name, f"sqlite:///{tmp_path / 'store.db'}")


@pytest.mark.kafka
def test_a_site_that_is_well_has_no_failure(
    site: Site, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part is looked at; the command ends with 0, and prints a line for each."""
    site = replace(site, store_url=store_url)
    monkeypatch.setenv(*next(iter(ENVIRON.items())))
    site.broker.create_topic(f"{site.topic}-verdicts", policy="compact")
    for partition in range(2):
        site.send(
            partition, [event(n, f"acc-{partition}-{n % 7}", client_ip="198.51.100.7") for n in range(40)]
        )
    site.work(40, 30)
    options = ["--brokers", site.broker.address, "--topic", site.topic, "--store", site.store_url]
    result = run("doctor", *options, "--verdicts", f"{site.topic}-verdicts")
    assert result.exit_code == 0, result.output
    for told in (
        f"{KEY_VARIABLE} is set", ", which is the latest", "leader-a, for",
        "2 partitions for 1 worker", "10 records", "80 records, 0 % of them dead letters",
        "each of 14 accounts is in one partition", "client_ip 100 %", "is compacted", "0 failure",
        "the newest of the latest events looked at started",
    ):  # fmt: skip
        assert told in " ".join(result.output.split())


@pytest.mark.kafka
def test_what_is_wrong_with_a_stream_is_named(site: Site) -> None:
    """Keys that are no accounts, records of another format, missing topics: failures, each with a remedy."""
    for partition in range(2):
        site.send(partition, [event(n, "acc-everywhere") for n in range(3)] + [b'{"event_id":""}'] * 9)
    found = site.examine(Topics("nowhere", site.topic), workers=3)
    failed = {name for name, check in found.items() if check.outcome is Outcome.FAILURE}
    assert failed == {"output", "decoding", "keys"}
    assert "acc-everywhere in" in found["keys"].said
    assert "missing_field" in found["decoding"].said
    assert "no topic nowhere" in found["output"].said
    warned = {name for name, check in found.items() if check.outcome is Outcome.WARNING}
    assert warned >= {"model", "leader", "compaction", "workers", "fields"}
    assert all(found[name].remedy for name in failed - {"output"} | warned - {"compaction"})
    assert "--add-config cleanup.policy=compact" in found["compaction"].said


@pytest.mark.kafka
def test_a_stream_that_is_behind_or_out_of_step_is_warned_of(site: Site) -> None:
    """Clocks that differ, partitions nobody claimed, and some that are gone and hold ticks up."""
    site.send(0, [event(n, "a", time=timestamp(NOW + 900_000 + 1000 * n)) for n in range(2000)])
    site.work(0, 0)
    store = open_store(site.store_url)
    store.expect([f"{site.topic}/7"], NOW)
    store.close()
    found = site.examine()
    assert found["clock"].outcome is Outcome.FAILURE
    assert "ahead of this machine" in found["clock"].said
    assert f"stillwatch store retire {site.topic}/7" in found["partitions"].remedy
    assert found["lag"].outcome is Outcome.WARNING
    assert "2,000 records" in found["lag"].said


@pytest.mark.kafka
def test_a_topic_that_is_empty_or_missing_is_told(site: Site) -> None:
    """No record is a warning, no topic a failure; what needs neither is checked all the same."""
    assert site.examine()["sample"].outcome is Outcome.WARNING
    missing = replace(site, topic="never-made").examine()
    assert "no topic never-made" in missing["topics"].said
    assert missing["schema"].outcome is Outcome.OK


def test_brokers_that_are_gone_leave_the_other_checks(store_url: str) -> None:
    """The failure names their address, and the store is looked at."""
    kafka = KafkaSettings(("127.0.0.1:9",), ("x",), unreachable_seconds=0.5)
    stream = StreamSettings(kafka, store_url)
    found = examined(Examination(stream, DEFAULT_MODEL, None, 300_000, None, 10, "test"))
    assert found["broker"].outcome is Outcome.FAILURE
    assert "127.0.0.1:9 did not answer" in found["broker"].said
    assert found["store"].outcome is Outcome.OK
    assert "topics" not in found


def test_what_can_be_mended_before_a_start_is_told(tmp_path: Path) -> None:
    """A file that is no store, a model that is none, a secret that is missing beside a server, no folder."""
    (tmp_path / "empty.db").touch()
    kafka = KafkaSettings(("127.0.0.1:9",), ("x",), unreachable_seconds=0.1)
    for url, name, said in (
        (f"sqlite:///{tmp_path / 'empty.db'}", "schema", "run `stillwatch store upgrade`"),
        ("postgresql://me@127.0.0.1:9/x", "store", "see that the server runs"),
        ("postgresql://me@127.0.0.1:9/x", "secret", f"{KEY_VARIABLE} is not set"),
        (f"sqlite:///{tmp_path / 'absent' / 'new.db'}", "disk", "is not there"),
    ):
        what = Examination(StreamSettings(kafka, url), tmp_path, None, 300_000, None, 10, "test")
        found = examined(what, {})
        assert found[name].outcome is Outcome.FAILURE
        assert said in found[name].said
        assert found["model"].outcome is Outcome.FAILURE


def test_what_a_first_start_makes_is_no_failure(tmp_path: Path) -> None:
    """A file for the store and one for the secret, which doctor leaves to `run`."""
    kafka = KafkaSettings(("127.0.0.1:9",), ("x",), unreachable_seconds=0.1)
    stream = StreamSettings(kafka, f"sqlite:///{tmp_path / 'new.db'}")
    found = examined(Examination(stream, tmp_path, None, 300_000, None, 10, "test"), {})
    assert {found[name].outcome for name in ("store", "secret", "disk")} <= {Outcome.OK, Outcome.WARNING}
    assert list(tmp_path.iterdir()) == []


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(make_app(), list(arguments))
