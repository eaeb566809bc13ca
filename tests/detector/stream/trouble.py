"""What can happen to a running stream, on either store."""

from __future__ import annotations

import resource
import signal
import sqlite3
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from tests.detector.stream.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.support.live import Stream
    from tests.support.postgres import Postgres

FULL: Final = 1 << 17
"""bytes: a store's files are longer, so that every write to them fails"""


class StoreTrouble(Protocol):
    """Of one kind of store; each returns when it is over."""

    def outage(self) -> None:
        """The store cannot be written for some seconds."""
        ...

    def crash(self) -> None:
        """The store goes and comes back."""
        ...

    def slow(self) -> None:
        """Everything takes its time for some seconds."""
        ...


@dataclass(frozen=True)
class FileTrouble:
    """SQLite."""

    stream: Stream

    def outage(self) -> None:
        """The disk is full."""
        with full_disk(self.stream):
            time.sleep(4)

    def crash(self) -> None:
        """A file does not crash by itself; those who write it do, all at once."""
        for process in [*self.stream.running]:
            self.stream.kill(process)

    def slow(self) -> None:
        """Somebody else holds the file's lock."""
        path = self.stream.store_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(4)
        connection.execute("ROLLBACK")
        connection.close()


@dataclass(frozen=True)
class ServerTrouble:
    """PostgreSQL behind a proxy."""

    server: Postgres
    proxy: Proxy

    def outage(self) -> None:
        """The server is shut down for some seconds, and started again."""
        self.server.stop()
        time.sleep(2)
        self.server.start()

    def crash(self) -> None:
        """The server crashes and recovers."""
        self.server.crash()
        self.server.start()

    def slow(self) -> None:
        """Every answer takes long, and then connections break."""
        self.proxy.delay = 0.05
        time.sleep(4)
        self.proxy.delay = 0.0
        self.proxy.cut()


@contextmanager
def troubled(stream: Stream, server: Callable[[], Postgres]) -> Iterator[StoreTrouble]:
    """The trouble that a stream's store can have; `server` is asked for where it needs one."""
    if stream.store_url.startswith("sqlite:"):
        yield FileTrouble(stream)
        return
    started = server()
    with Proxy(started.folder) as proxy:
        stream.through = proxy.url(stream.store_url)
        try:
            yield ServerTrouble(started, proxy)
        finally:
            for process in [*stream.running]:
                stream.kill(process)


@contextmanager
def full_disk(stream: Stream) -> Iterator[None]:
    """No process may write a file beyond its first pages."""
    pids = [process.pid for process in stream.running]
    with ExitStack() as stack:
        for pid in pids:
            limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            stack.callback(_limit, pid, limits)
            _limit(pid, (FULL, limits[1]))
        yield


def _limit(pid: int, limits: tuple[int, int]) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@dataclass(frozen=True)
class Havoc:
    """All that can happen, by name; chance decides to whom."""

    stream: Stream
    store: StoreTrouble
    chance: Random

    def kill(self) -> None:
        """A process dies."""
        self.stream.kill(self.chance.choice(self.stream.working))

    def freeze(self, seconds: float) -> None:
        """A process stands still for longer than others wait for it."""
        process = self.chance.choice(self.stream.working)
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def broker(self) -> None:
        """The broker crashes and comes back."""
        self.stream.broker.kill()
        self.stream.broker.start()

    def join_and_leave(self, times: int) -> None:
        """Members come and go."""
        for _ in range(times):
            self.stream.start()
            time.sleep(self.chance.uniform(1, 2))
            self.stream.leave(self.chance.choice(self.stream.running))
