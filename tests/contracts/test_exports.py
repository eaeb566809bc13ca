from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from detector.exports.errors import ExportError
from detector.exports.outbox.deliveries import Deliveries
from detector.exports.outbox.reading import finding_of as stored_finding
from detector.exports.sinks.registry import Sinks
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
from tests.support.exporting import Post, add, followed, sending

if TYPE_CHECKING:
    from detector.store.database import Database


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
    conclude(store_url, alert_of(), alert_of(revision=2))
    followed(database)
    deliveries = Deliveries(database)
    found = deliveries.due("soc", NOW)
    assert found is not None
    deliveries.settle(found[0], "done", NOW, NOW, None)
    assert deliveries.prune(NOW) == 0
    assert deliveries.prune(NOW + 1) == 1
    assert [one.status for one in deliveries.list()] == ["waiting"]


def settle(database: Database, sink: str, at: int) -> None:
    """Everything that is due was sent, and that was at a time."""
    deliveries = Deliveries(database)
    while found := deliveries.due(sink, NOW):
        deliveries.settle(found[0], "done", at, at, None)


def test_what_a_sink_was_told_of_is_not_forgotten_before_its_end(store_url: str, database: Database) -> None:
    """However long ago that was: it hears of the end, and then all of it is forgotten in time."""
    for name in ("severe", "old"):
        add(database, name, severity="4")
    alert, end = alert_of(), alert_of(revision=2, status="cleared")
    conclude(store_url, alert)
    keep(database, case_of(alert))
    followed(database)
    for name in ("severe", "old"):
        settle(database, name, NOW - 9)
    Sinks(database).end("old", NOW)
    deliveries = Deliveries(database)
    assert deliveries.prune(NOW) == 1
    conclude(store_url, end)
    keep(database, case_of(end))
    assert deliveries.prune(NOW) == 0
    assert followed(database) == 1
    settle(database, "severe", NOW)
    assert [(one.sink, one.revision) for one in deliveries.list()] == [("severe", 2), ("severe", 1)]
    assert deliveries.prune(NOW + 1) == 2


@pytest.mark.parametrize(("closed", "forgotten"), [(None, 0), (NOW + 1, 0), (NOW, 1)])
def test_a_finding_is_over_when_its_case_is_closed(
    store_url: str, database: Database, closed: int | None, forgotten: int
) -> None:
    """And was so before the time: the outbox may not have heard yet of what was closed since."""
    add(database)
    alert = alert_of()
    conclude(store_url, alert)
    keep(database, case_of(alert, status="in_progress" if closed is None else "closed", closed=closed))
    followed(database)
    settle(database, "soc", NOW)
    assert Deliveries(database).prune(NOW + 1) == forgotten


def test_what_waits_does_not_keep_what_ended(store_url: str, database: Database) -> None:
    """However much of it is older than what can be forgotten."""
    add(database)
    conclude(store_url, alert_of(), alert_of("account", "acc-1"), alert_of("account", "acc-1", revision=2))
    followed(database)
    deliveries = Deliveries(database)
    _, found = (deliveries.due("soc", NOW) for _ in range(2))
    assert found is not None
    deliveries.settle(found[0], "done", NOW, NOW, None)
    assert deliveries.prune(NOW + 1, limit=1) == 1
    assert deliveries.counts() == {("soc", "waiting"): 2}


def test_what_went_to_a_sink_that_was_removed_is_not_tried_again(store_url: str, database: Database) -> None:
    """It would wait for good: nobody sends there any more."""
    add(database)
    add(database, "old")
    conclude(store_url, alert_of())
    followed(database)
    Sinks(database).end("old", NOW)
    deliveries = Deliveries(database)
    (failed,) = deliveries.list(sink="old")
    for wanted in ({"sink": "old"}, {"numbers": [failed.number]}):
        with pytest.raises(ExportError, match="sink old: it was removed"):
            deliveries.retry(NOW, **wanted)
    assert deliveries.counts() == {("old", "failed"): 1, ("soc", "waiting"): 1}
    assert deliveries.retry(NOW, sink="soc") == 0


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
