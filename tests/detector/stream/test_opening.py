from __future__ import annotations

import io
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import pytest
from psycopg import sql

from detector.store.errors import StoreError, StoreRefused, StoreUnavailable
from detector.store.opening import TIMEOUT, open_store
from detector.stream.assembly import Topics
from detector.stream.opening import awaited_output, awaited_store
from detector.stream.patience import PATIENCE_SECONDS, STOPPING_SECONDS, Patience
from detector.stream.routes import opened_routes
from detector.stream.service import Stop
from detector.telemetry.logs import open_logs
from streaming.kafka_settings import KafkaSettings
from streaming.sink import SinkError, SinkUnavailable
from tests.detector.stream.proxy import PORT, Proxy
from tests.detector.stream.staged import ToldClock
from tests.support.broker import running_broker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from detector.store.interface import Store
    from detector.stream.outbox import Route
    from detector.telemetry.logs import Log
    from tests.support.postgres import Postgres

NOBODY_LISTENS = "postgresql://me@127.0.0.1:9/x"
LOCKED_OUT = "locked_out"
T = TypeVar("T")


@dataclass
class Attempts:
    """What waits for a store, by a clock that is told."""

    clock: ToldClock = field(default_factory=ToldClock)
    stop: Stop = field(default_factory=Stop)
    said: io.StringIO = field(default_factory=io.StringIO)
    failures: list[None] = field(default_factory=list)

    def open(self, url: str, timeout: float = TIMEOUT) -> Store:
        """Open it, or give up."""
        with open_logs(self.said) as log:
            return awaited_store(url, self._patience(log), self.stop, timeout)

    def connect(self, connect: Callable[[], T]) -> T:
        """Connect to where findings go, or give up."""
        with open_logs(self.said) as log:
            return awaited_output(connect, self.with_outputs(log), self.stop)

    @contextmanager
    def send(self, topics: Topics, kafka: KafkaSettings) -> Iterator[list[Route]]:
        """The same, by Kafka."""
        with (
            open_logs(self.said) as log,
            opened_routes(topics, kafka, {}, self.with_outputs(log), self.stop) as routes,
        ):
            yield routes

    def with_outputs(self, log: Log) -> Patience:
        """Patience with those who do not listen."""
        return replace(self._patience(log), unavailable=SinkUnavailable, event="outputs unavailable")

    def _patience(self, log: Log) -> Patience:
        return Patience(self.clock, PATIENCE_SECONDS, lambda: self.failures.append(None), log)


@dataclass
class Eventful(ToldClock):
    """Something happens when a minute was slept."""

    happens: Callable[[], object] = int

    def sleep(self, seconds: float) -> None:
        """Time goes on."""
        before, self.seconds = self.seconds, self.seconds + seconds
        if before < 60 <= self.seconds:
            self.happens()


def test_a_store_that_is_away_is_waited_for(postgres_server: Postgres, postgres_url: str) -> None:
    """A process that starts meanwhile says in its log what it waits for, and goes on once it is there."""
    postgres_server.clean(postgres_url)
    url = f"{postgres_url}&port={PORT}"
    with ExitStack() as stack:
        clock = Eventful(happens=lambda: stack.enter_context(Proxy(postgres_server.folder)))
        attempts = Attempts(clock)
        with closing(attempts.open(url)) as store:
            assert store.partitions() == []
    assert 60 <= clock.seconds < 70
    lines = attempts.said.getvalue().splitlines()
    assert len(lines) == len(attempts.failures) > 10
    assert all("store unavailable" in line and "see that the server runs" in line for line in lines)


def test_a_file_that_is_locked_is_waited_for(tmp_path: Path) -> None:
    """Another process may write it for longer than a lock is waited for, also before its schema is there."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        attempts = Attempts(Eventful(happens=lambda: other.execute("ROLLBACK")))
        with closing(attempts.open(f"sqlite:///{path}", timeout=0.01)) as store:
            assert store.partitions() == []
    assert 60 <= attempts.clock.seconds < 70
    assert "database is locked" in attempts.said.getvalue()


@pytest.mark.kafka
def test_brokers_that_are_away_are_waited_for() -> None:
    """A process that has topics to write to goes on once they answer; a missing topic is told at once."""
    with running_broker() as broker, ExitStack() as stack:
        broker.create_topic("alerts")
        broker.kill()
        kafka = KafkaSettings((broker.address,), unreachable_seconds=0.3)
        attempts = Attempts(Eventful(happens=broker.start))
        (route,) = stack.enter_context(attempts.send(Topics(alerts="alerts"), kafka))
        route.sink.send("a", {"alert_id": "a"})
        with pytest.raises(SinkError, match="no topic misspelt"):
            stack.enter_context(attempts.send(Topics(alerts="misspelt"), kafka))
    assert 60 <= attempts.clock.seconds < PATIENCE_SECONDS
    assert "outputs unavailable" in attempts.said.getvalue()


def test_whoever_waits_for_brokers_can_be_stopped() -> None:
    """As for the store."""
    attempts = Attempts()
    attempts.clock = Eventful(happens=attempts.stop.ask)

    def unanswered() -> None:
        raise SinkUnavailable("nobody at 127.0.0.1:9")

    with pytest.raises(SinkError, match=r"asked to stop before .*127\.0\.0\.1:9"):
        attempts.connect(unanswered)
    assert 60 <= attempts.clock.seconds < 70


def test_patience_has_an_end() -> None:
    """A store that stays away ends the process, as it does one that runs."""
    attempts = Attempts()
    with pytest.raises(StoreUnavailable, match="see that the server runs"):
        attempts.open(NOBODY_LISTENS)
    assert PATIENCE_SECONDS - 5 <= attempts.clock.seconds <= PATIENCE_SECONDS


def test_whoever_waits_can_be_stopped() -> None:
    """A signal ends the waiting after the pause under way."""
    attempts = Attempts()
    attempts.clock = Eventful(happens=attempts.stop.ask)
    with pytest.raises(StoreError, match=r"asked to stop before the store answered: .*127\.0\.0\.1:9"):
        attempts.open(NOBODY_LISTENS)
    assert attempts.clock.seconds < 70


def test_once_asked_to_stop_patience_is_short() -> None:
    """What was waited for long ends at once; what begins then, such as a last commit, has a few seconds."""
    stop, said = Stop(), io.StringIO()
    clock = Eventful(happens=stop.ask)

    def unanswered() -> None:
        raise StoreUnavailable("nobody at 127.0.0.1:9")

    with open_logs(said) as log:
        patience = Patience(clock, PATIENCE_SECONDS, lambda: None, log, stop=stop)
        with pytest.raises(StoreUnavailable):
            patience.call(unanswered)
        assert 60 <= (asked := clock.seconds) < 70
        with pytest.raises(StoreUnavailable):
            patience.call(unanswered)
        assert 1 < clock.seconds - asked <= STOPPING_SECONDS


def test_what_waiting_does_not_mend_is_told_at_once(postgres_server: Postgres, postgres_url: str) -> None:
    """A wrong url, schema, database, user or password."""
    name = postgres_url.partition("@/")[2].partition("?")[0]
    wrong = {
        "store.db": "store url is no URL",
        postgres_server.create_empty(): "has no schema yet",
        postgres_server.url("absent"): '"absent" does not exist; correct the user, password or database',
        postgres_url.replace("postgres@", "stranger@"): 'role "stranger" does not exist; correct the user',
        _locked_out(postgres_server, name): "password authentication failed .* correct the user",
    }
    for url, told in wrong.items():
        attempts = Attempts()
        with pytest.raises(StoreError, match=told):
            attempts.open(url)
        assert (attempts.clock.seconds, attempts.said.getvalue()) == (0, "")


def test_a_refusal_may_be_tried_again(postgres_server: Postgres) -> None:
    """While a process runs, a database that is being restored is like one that is away."""
    with pytest.raises(StoreRefused) as refused:
        open_store(postgres_server.url("absent"))
    assert isinstance(refused.value, StoreUnavailable)


def _locked_out(server: Postgres, database: str) -> str:
    """The url of a user who gives the wrong password."""
    rules = server.folder / "data/pg_hba.conf"
    rules.write_text(f"local all {LOCKED_OUT} scram-sha-256\n{rules.read_text()}")
    user = sql.Identifier(LOCKED_OUT)
    server.execute(sql.SQL("CREATE USER {} PASSWORD 'right'").format(user))
    server.execute(sql.SQL("SELECT pg_reload_conf()").format())
    return server.url(database).replace("postgres@", f"{LOCKED_OUT}:wrong@")
