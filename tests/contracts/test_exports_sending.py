from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from detector.exports.outbox.backoff import GIVE_UP
from detector.exports.outbox.deliveries import LEASE, Deliveries
from detector.exports.outbox.sender import Sender
from detector.exports.sending.outcome import Outcome
from tests.support.exported import (
    NOW,
    alert_of,
    conclude,
)
from tests.support.exporting import MINUTE, Post, Watch, add, followed, sending

if TYPE_CHECKING:
    from detector.exports.sending.outcome import Parcel
    from detector.store.database import Database


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
    sender = Sender(database, lambda sink: ways[sink.name], lambda: 0.5, lambda: NOW, patience=0.3)
    for at in (1, 2):
        conclude(store_url, alert_of(revision=at))
        followed(database)
        begun = time.monotonic()
        assert [one.sink for one in sender.run_once()] == ["good"]
        assert time.monotonic() - begun < 2
    release.set()
    time.sleep(0.1)
    assert "bad" in [one.sink for one in sender.run_once()]
    sender.close()


def test_each_try_is_at_its_own_time(store_url: str, database: Database) -> None:
    """However long those before it took: none is tried twice, signed too early or done before it was sent."""
    add(database)
    conclude(store_url, *(alert_of("account", f"acc-{at}") for at in range(20)))
    followed(database)
    watch, deliveries, told = Watch(), Deliveries(database), list[int]()

    class Slow:
        def send(self, parcel: Parcel, now: int) -> Outcome:  # noqa: ARG002 - as `Sending.send`
            told.append(now)
            watch.now += 20_000
            (mine,) = (one for one in deliveries.list() if one.status == "waiting" and one.attempts)
            assert mine.due == now + LEASE
            return Outcome("sent") if len(told) < 20 else Outcome("retry", "slow")

    sender = Sender(database, lambda _: Slow(), lambda: 0.5, watch, patience=30.0)
    assert [dict(one.results) for one in sender.run_once()] == [{"sent": 19, "retry": 1}]
    sender.close()
    assert told == [NOW + 20_000 * at for at in range(20)]
    ended = [one.done for one in deliveries.list(status="done")]
    assert sorted(done for done in ended if done) == [NOW + 20_000 * at for at in range(1, 20)]
    (waiting,) = deliveries.list(status="waiting")
    assert waiting.due > watch.now


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
