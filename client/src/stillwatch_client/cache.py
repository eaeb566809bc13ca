"""Verdicts in this process, kept up to date behind the scenes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from stillwatch_client.backoff import Backoff
from stillwatch_client.decider import Decider
from stillwatch_client.follower import Follower
from stillwatch_client.table import VerdictTable

if TYPE_CHECKING:
    from stillwatch_client.counters import Counters
    from stillwatch_client.decision import Decision
    from stillwatch_client.settings import CacheSettings

STOP_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class CacheStatus:
    """How much is known."""

    ready: bool
    """whether a whole snapshot has been read"""
    complete: bool
    """whether all of it had room"""
    stale: bool
    """whether the service has been silent for too long"""
    version: int | None
    verdicts: int
    silent_seconds: float
    """since the last sign of life; infinite before the first"""


class _Cache:
    """What both flavours answer."""

    def __init__(self, settings: CacheSettings) -> None:
        self._trusted = settings.service.trusted()
        table = VerdictTable(settings.max_verdicts, time.time)
        self._decider = Decider(settings, table, time.time, time.monotonic)

    @property
    def counters(self) -> Counters:
        """`decisions` and `would_have` by action, `bypasses` and `refusals` by cause, and the feed's."""
        return self._decider.counters

    def decide(
        self, *, account: str | None = None, api_key: str | None = None, end_user: str | None = None
    ) -> Decision:
        """Decide on a request, in microseconds and without network.

        By the account, else the key; by the end user where neither is named.
        """
        return self._decider.decide(account=account, api_key=api_key, end_user=end_user)

    def failed(self) -> Decision:
        """The answer where the caller could not even ask."""
        return self._decider.failed()

    def status(self) -> CacheStatus:
        """How much is known."""
        decider = self._decider
        view, silent = decider.table.view, decider.monotonic() - decider.heard
        return CacheStatus(
            ready=view is not None,
            complete=view is not None and view.complete,
            stale=silent > decider.settings.max_staleness,
            version=decider.table.version,
            verdicts=0 if view is None else len(view),
            silent_seconds=silent,
        )

    async def _follow(self, ready: asyncio.Event) -> None:
        settings = self._decider.settings
        # A generator of our own: the gateway may have seeded the common one, alike in all its processes.
        uniform = random.SystemRandom().random
        backoff = Backoff(settings.backoff, settings.backoff_most, uniform)
        await Follower(self._decider, backoff, ready).run(self._trusted)


class AsyncVerdictCache(_Cache):
    """Follows the feed by a task of the running event loop; used by `async with`."""

    def __init__(self, settings: CacheSettings) -> None:
        super().__init__(settings)
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow(self._ready))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def wait_ready(self, seconds: float) -> bool:
        """Wait for the first snapshot; whether it came in time."""
        try:
            await asyncio.wait_for(self._ready.wait(), seconds)
        except TimeoutError:
            return False
        return True


class VerdictCache(_Cache):
    """Follows the feed in a thread of its own; `decide` may be called by any thread, also of an event loop.

    Starts when it is entered, by `start`, or by the first `decide`: also in a process that was forked.
    """

    def __init__(self, settings: CacheSettings) -> None:
        super().__init__(settings)
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._running = threading.Event()
        self._pid: int | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def decide(
        self, *, account: str | None = None, api_key: str | None = None, end_user: str | None = None
    ) -> Decision:
        """As `AsyncVerdictCache.decide`."""
        if self._pid != os.getpid():
            self.start()
        return self._decider.decide(account=account, api_key=api_key, end_user=end_user)

    def start(self) -> None:
        """Begin to follow the feed, if this process does not yet."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="stillwatch-feed", daemon=True)
            self._thread.start()

    def wait_ready(self, seconds: float) -> bool:
        """Wait for the first snapshot; whether it came in time."""
        return self._ready.wait(seconds)

    def close(self) -> None:
        """Stop following; decisions go on by what is known until it is stale."""
        if self._thread is None:
            return
        self._running.wait(STOP_SECONDS)
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # The loop has ended by itself.
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._running.set()
        ready = asyncio.Event()
        await asyncio.gather(self._follow(ready), self._announce(ready))

    async def _announce(self, ready: asyncio.Event) -> None:
        await ready.wait()
        self._ready.set()
