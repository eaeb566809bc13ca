from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest

from detector.exports.errors import ExportError
from detector.exports.outbox.backoff import GIVE_UP
from detector.exports.outbox.deliveries import LEASE, Deliveries
from detector.exports.outbox.exporter import Exporter
from detector.exports.outbox.reading import finding_of as stored_finding
from detector.exports.outbox.sender import Sender
from detector.exports.sending.outcome import Outcome
from detector.exports.sinks.registry import Sinks
from detector.exports.sinks.settings import make_sink
from detector.store.opening import open_database
from tests.support.exported import (
    NOW,
    PRODUCT,
    account_dossier,
    alert_of,
    audited,
    campaign_dossier,
    case_of,
    conclude,
    keep,
    keep_dossier,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from detector.exports.sending.outcome import Parcel, Sending
    from detector.exports.sinks.sink import Sink
    from detector.store.database import Database

MINUTE: Final = 60_000


class Post:
    """A way of sending that remembers what it sent, and answers from a list (then: sent)."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.sent: list[Parcel] = []
        self._answers = list(answers)

    def send(self, parcel: Parcel, now: int) -> Outcome:
        """As `Sending.send`."""
        assert now > 0
        self.sent.append(parcel)
        answer = self._answers.pop(0) if self._answers else Outcome("sent")
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """The database of an empty store."""
    opened = open_database(store_url)
    yield opened
    opened.close()


def add(database: Database, name: str = "soc", **settings: str) -> Sink:
    """A sink that takes what it is told to."""
    values = {"url": "https://example.test/x", "secret": "env:STILLWATCH_EXPORT_SOC", **settings}
    sink = make_sink(name, "webhook", values, NOW)
    Sinks(database).add(sink)
    return sink


def followed(database: Database) -> int:
    """Deliveries written until there is nothing to do."""
    exporter = Exporter(database, PRODUCT)
    before = sum(Deliveries(database).counts().values())
    while exporter.follow(NOW):
        pass
    return sum(Deliveries(database).counts().values()) - before


def sending(database: Database, **ways: Sending) -> tuple[Sender, Callable[[int], dict[str, dict[str, int]]]]:
    """A sender over ways by the sink's name, and what a run of it comes to."""
    sender = Sender(database, lambda sink: ways[sink.name], lambda: 0.5, patience=5.0)

    def run(now: int) -> dict[str, dict[str, int]]:
        return {one.sink: {str(name): n for name, n in one.results.items()} for one in sender.run_once(now)}

    return sender, run


def test_what_was_found_before_a_sink_is_not_sent(store_url: str, database: Database) -> None:
    """A new sink gets what comes, not history."""
    conclude(store_url, alert_of())
    add(database)
    assert followed(database) == 0
    conclude(store_url, alert_of(revision=2))
    assert followed(database) == 1


def test_each_revision_is_delivered_once(store_url: str, database: Database) -> None:
    """To each sink that chose it, whoever reads how often."""
    add(database)
    add(database, "severe", severity="4")
    add(database, "closed", on="close")
    conclude(store_url, alert_of(), alert_of("account", "acc-1", score=0.5))
    assert followed(database) == 3
    assert followed(database) == 0
    conclude(store_url, alert_of(revision=2, status="cleared"))
    assert followed(database) == 3
    found = {(one.sink, one.revision) for one in Deliveries(database).list()}
    assert found == {("soc", 1), ("soc", 2), ("severe", 1), ("severe", 2), ("closed", 2)}


def test_what_a_sink_was_told_of_it_is_told_to_the_end(store_url: str, database: Database) -> None:
    """An alert that is cleared is no longer severe, and who got it hears that it is over."""
    add(database, "severe", severity="4")
    conclude(store_url, alert_of(), alert_of("account", "acc-1", score=0.5))
    assert followed(database) == 1
    conclude(
        store_url,
        alert_of(revision=2, status="cleared"),
        alert_of("account", "acc-1", revision=2, status="cleared"),
    )
    assert followed(database) == 1
    ids = {one.object_id for one in Deliveries(database).list()}
    assert ids == {alert_of().alert_id}


def test_comments_and_tags_are_not_reported(store_url: str, database: Database) -> None:
    """They are for those who triage."""
    alert = alert_of("account", "acc-1")
    conclude(store_url, alert)
    keep(database, case_of(alert))
    add(database)
    audited(database, alert.alert_id, {}, {"tag:resale": True})
    assert followed(database) == 0
    audited(database, alert.alert_id, {"assignee": None}, {"assignee": "u_1"})
    assert followed(database) == 1


def test_many_may_follow_at_once(store_url: str, database: Database) -> None:
    """The cursor lets one at a time, so that nothing is written twice or left out."""
    add(database)
    conclude(store_url, *(alert_of("account", f"acc-{at}") for at in range(250)))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(followed, [database] * 3))
    assert Deliveries(database).counts() == {("soc", "waiting"): 250}


def test_a_finding_has_its_case_and_dossier(store_url: str, database: Database) -> None:
    """As they are when it enters the outbox."""
    add(database, format="json")
    alert = alert_of()
    conclude(store_url, alert)
    keep(database, case_of(alert))
    keep_dossier(database, "campaign", "cmp_1", campaign_dossier())
    followed(database)
    post = Post()
    sender, run = sending(database, soc=post)
    assert run(NOW) == {"soc": {"sent": 1}}
    sender.close()
    said = json.loads(post.sent[0].body)
    assert said["type"] == "finding.created"
    assert said["data"]["case"]["case_id"] == alert.alert_id
    assert said["data"]["dossier"]["sentence"].startswith("Three accounts")
    assert post.sent[0].key == f"soc.alert.{alert.alert_id}.1"


def test_what_people_decide_is_reported(store_url: str, database: Database) -> None:
    """A case that was closed closes the finding; several changes at once are one report of how it is now."""
    alert = alert_of("account", "acc-1")
    conclude(store_url, alert)
    keep(database, case_of(alert))
    add(database)
    audited(database, alert.alert_id, {"status": "new"}, {"status": "in_progress"})
    keep(database, case_of(alert, status="closed", verdict="false_positive", queue="closed"))
    audited(database, alert.alert_id, {"status": "in_progress"}, {"status": "closed"})
    assert followed(database) == 1
    post = Post()
    sender, run = sending(database, soc=post)
    run(NOW)
    sender.close()
    said = json.loads(post.sent[0].body)["data"]
    assert (said["activity_id"], said["verdict_id"], said["status_id"]) == (3, 1, 4)
    assert said["finding_info"]["uid"] == alert.alert_id


def test_a_failure_is_tried_again_later(store_url: str, database: Database) -> None:
    """With growing waits, the same bytes under the same key, and a word on what went wrong."""
    add(database)
    conclude(store_url, alert_of())
    followed(database)
    post = Post(Outcome("retry", "answered 503", 90_000), OSError("boom"))
    sender, run = sending(database, soc=post)
    assert run(NOW) == {"soc": {"retry": 1}}
    assert run(NOW + 80_000) == {}
    (waiting,) = Deliveries(database).list(status="waiting")
    assert (waiting.error, waiting.due, waiting.attempts) == ("answered 503", NOW + 90_000, 1)
    assert run(NOW + 90_000) == {"soc": {"retry": 1}}
    assert run(NOW + 10 * MINUTE) == {"soc": {"sent": 1}}
    sender.close()
    assert len({(one.key, one.body) for one in post.sent}) == 1
    (done,) = Deliveries(database).list()
    assert (done.status, done.attempts, done.done, done.error) == ("done", 3, NOW + 10 * MINUTE, None)


def test_what_is_refused_waits_for_people(store_url: str, database: Database) -> None:
    """It fails at once, and goes out when somebody asks for it again."""
    add(database)
    conclude(store_url, alert_of())
    followed(database)
    sender, run = sending(database, soc=Post(Outcome("refused", "answered 404")))
    assert run(NOW) == {"soc": {"refused": 1}}
    assert run(NOW + GIVE_UP) == {}
    deliveries = Deliveries(database)
    (failed,) = deliveries.list(status="failed")
    assert failed.error == "answered 404"
    assert deliveries.retry(NOW + GIVE_UP, [failed.number]) == 1
    assert run(NOW + GIVE_UP) == {"soc": {"sent": 1}}
    sender.close()


def test_three_days_are_enough(store_url: str, database: Database) -> None:
    """Then a delivery fails, and is there to be seen."""
    add(database)
    conclude(store_url, alert_of())
    followed(database)
    sender, run = sending(database, soc=Post(*[Outcome("retry", "gone")] * 100))
    now = NOW
    while Deliveries(database).counts().get(("soc", "waiting")):
        run(now)
        now += 120 * MINUTE
    sender.close()
    (failed,) = Deliveries(database).list(status="failed")
    assert GIVE_UP - 8 * 60 * MINUTE <= failed.done - NOW <= GIVE_UP  # type: ignore[operator]
    assert 12 <= failed.attempts <= 30


def test_a_sink_that_hangs_holds_up_no_other(store_url: str, database: Database) -> None:
    """Others are served while it hangs, in the same run and in the next."""
    release = threading.Event()

    class Hanging:
        def send(self, parcel: Parcel, now: int) -> Outcome:  # noqa: ARG002 - as `Sending.send`
            release.wait(10)
            return Outcome("retry", "slow")

    for name in ("bad", "good"):
        add(database, name)
    ways: dict[str, Any] = {"bad": Hanging(), "good": Post()}
    sender = Sender(database, lambda sink: ways[sink.name], lambda: 0.5, patience=0.3)
    for at in (1, 2):
        conclude(store_url, alert_of(revision=at))
        followed(database)
        begun = time.monotonic()
        assert [one.sink for one in sender.run_once(NOW)] == ["good"]
        assert time.monotonic() - begun < 2
    release.set()
    time.sleep(0.1)
    assert "bad" in [one.sink for one in sender.run_once(NOW)]
    sender.close()


def test_a_try_belongs_to_one_process(store_url: str, database: Database) -> None:
    """Two that ask at once get different deliveries, and what was given up for lost is not settled late."""
    add(database)
    conclude(store_url, alert_of(), alert_of("account", "acc-1"))
    followed(database)
    deliveries = Deliveries(database)
    first, second = (deliveries.due("soc", NOW) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[0].number != second[0].number
    assert deliveries.due("soc", NOW + LEASE - 1) is None
    again = deliveries.due("soc", NOW + LEASE)
    assert again is not None
    assert again[1] == first[1]
    assert not deliveries.settle(first[0], "failed", NOW, NOW, "late")
    assert deliveries.settle(again[0], "done", NOW, NOW, None)


def test_threads_share_the_work(store_url: str, database: Database) -> None:
    """However many ask, each delivery is tried once."""
    add(database)
    conclude(store_url, *(alert_of("account", f"acc-{at}") for at in range(24)))
    followed(database)
    deliveries = Deliveries(database)

    def take(_: int) -> list[int]:
        taken = []
        while found := deliveries.due("soc", NOW):
            taken.append(found[0].number)
            deliveries.settle(found[0], "done", NOW, NOW, None)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [number for found in pool.map(take, range(4)) for number in found]
    assert len(taken) == len(set(taken)) == 24


def test_a_process_that_dies_between_writing_and_sending_loses_nothing(
    store_url: str, database: Database
) -> None:
    """Killed with a try under way, it is sent by the next process, under the same key."""
    add(database)
    conclude(store_url, alert_of())
    script = (
        "import os, signal, sys\n"
        "from detector.exports.outbox.deliveries import Deliveries\n"
        "from detector.exports.outbox.exporter import Exporter\n"
        "from detector.store.opening import open_database\n"
        "from tests.support.exported import NOW, PRODUCT\n"
        "database = open_database(sys.argv[1])\n"
        "assert Exporter(database, PRODUCT).follow(NOW) == 1\n"
        "assert Deliveries(database).due('soc', NOW)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, store_url], check=False)
    assert done.returncode == -9
    assert followed(database) == 0
    post = Post()
    sender, run = sending(database, soc=post)
    assert run(NOW) == {}
    assert run(NOW + LEASE) == {"soc": {"sent": 1}}
    sender.close()
    assert [one.key for one in post.sent] == [f"soc.alert.{alert_of().alert_id}.1"]


def test_a_crash_before_the_commit_writes_all_again(
    store_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries and cursor are of one transaction: neither is there without the other."""
    add(database)
    conclude(store_url, alert_of())

    def fail(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("detector.exports.outbox.exporter.move", fail)
    with pytest.raises(RuntimeError, match="killed"):
        followed(database)
    assert Deliveries(database).list() == []
    monkeypatch.undo()
    assert followed(database) == 1


def test_a_sink_that_is_removed_gets_nothing_more(store_url: str, database: Database) -> None:
    """What waited fails, its deliveries stay to be seen, and its name is not used again."""
    sink = add(database)
    conclude(store_url, alert_of())
    followed(database)
    Sinks(database).end("soc", NOW)
    conclude(store_url, alert_of(revision=2))
    assert followed(database) == 0
    assert Sinks(database).all() == []
    (failed,) = Deliveries(database).list(sink="soc")
    assert (failed.status, failed.error) == ("failed", "the sink was removed")
    with pytest.raises(ExportError, match="choose another"):
        Sinks(database).add(sink)
    with pytest.raises(ExportError, match="there is none"):
        Sinks(database).end("nobody", NOW)


def test_old_deliveries_are_forgotten(store_url: str, database: Database) -> None:
    """Those that ended before a time; what waits stays."""
    add(database)
    conclude(store_url, alert_of(), alert_of("account", "acc-1"))
    followed(database)
    deliveries = Deliveries(database)
    found = deliveries.due("soc", NOW)
    assert found is not None
    deliveries.settle(found[0], "done", NOW, NOW, None)
    assert deliveries.prune(NOW) == 0
    assert deliveries.prune(NOW + 1) == 1
    assert [one.status for one in deliveries.list()] == ["waiting"]


def test_a_finding_is_found_by_any_of_its_names(store_url: str, database: Database) -> None:
    """The alert's id, the campaign's or the account's; the latest revision counts."""
    alert = alert_of("account", "acc-1")
    conclude(store_url, alert, alert_of("account", "acc-1", revision=2, score=0.99))
    keep_dossier(database, "account", "acc-1", account_dossier())
    with database.reading() as connection:
        for name in (alert.alert_id, "acc-1"):
            found = stored_finding(connection, name, PRODUCT)
            assert found is not None
            assert (found.revision, found.exchanges) == (2, 400)
        assert stored_finding(connection, "acc-2", PRODUCT) is None


def test_asking_for_what_is_due_does_not_read_what_is_done(store_url: str, database: Database) -> None:
    """An index leads to it, however much was delivered before."""
    add(database)
    conclude(store_url, alert_of())
    asked = (
        "SELECT * FROM deliveries WHERE sink_id = 'soc' AND status = 'waiting' AND due <= 5 "
        "ORDER BY due, number LIMIT 1"
    )
    with database.reading() as connection:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = connection.exec_driver_sql(explain + asked).all()
    said = " ".join(str(row) for row in plans)
    assert "ix_deliveries_due" in said
    assert "SORT" not in said.upper().replace("NO SORT", "")
