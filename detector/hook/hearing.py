"""Verdicts from their topic into memory, beside the store.

The store says what holds. The topic says it sooner, and goes on saying it to processes that cannot reach the
store for a while.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from detector.store.findings import StoredVerdict, VerdictRecord
from detector.telemetry.fields import Failure
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.hook.applying import Applier
    from detector.hook.telemetry import HookTelemetry
    from detector.telemetry.logs import Log

POLL_SECONDS: Final = 0.2
AGAIN_SECONDS: Final = 2.0
"""How soon a topic that cannot be read is tried again."""


class Tail(Protocol):
    """New records of a topic."""

    def poll(self, timeout: float) -> list[bytes]:
        """Values that arrived, waiting at most `timeout` seconds; raises `SourceError`."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A record of the topic of verdicts, as `detector.stream.outbox` writes it."""

    account_id: str
    label: str
    score: float
    status: str
    campaign_id: str | None
    time: datetime
    version: int

    def stored(self) -> StoredVerdict:
        """As the store has it."""
        time = round(self.time.astimezone(UTC).timestamp() * 1000)
        record = VerdictRecord(self.account_id, self.label, self.score, self.status, self.campaign_id, time)
        return StoredVerdict(self.version, record)


class Hearing:
    """Reads in a thread of its own; memory belongs to the loop."""

    def __init__(
        self, connect: Callable[[], Tail], applier: Applier, telemetry: HookTelemetry, log: Log
    ) -> None:
        self._connect = connect
        self._applier = applier
        self._telemetry = telemetry
        self._log = log
        self._ended = threading.Event()
        self._failing = False

    async def run(self) -> None:
        """Listen until cancelled."""
        loop = asyncio.get_running_loop()
        # A thread that hangs in a client must not keep the process alive.
        threading.Thread(target=self._follow, args=[loop], name="stillwatch-verdicts", daemon=True).start()
        try:
            await loop.create_future()
        finally:
            self._ended.set()

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._ended.is_set():
            try:
                with closing(self._connect()) as tail:
                    self._listen(tail, loop)
            except SourceError as error:
                self._fails(error)
                self._ended.wait(AGAIN_SECONDS)

    def _listen(self, tail: Tail, loop: asyncio.AbstractEventLoop) -> None:
        while not self._ended.is_set():
            values = tail.poll(POLL_SECONDS)
            self._failing = False
            if values and not self._ended.is_set():
                # Waiting for the loop keeps what waits for it bounded.
                asyncio.run_coroutine_threadsafe(self._take(_read(values)), loop).result()

    async def _take(self, heard: Sequence[StoredVerdict | None]) -> None:
        found = [stored for stored in heard if stored is not None]
        new = self._applier.hear_verdicts(found)
        self._telemetry.heard(new, len(found) - new, len(heard) - len(found))

    def _fails(self, error: SourceError) -> None:
        self._telemetry.unheard()
        if not self._failing:
            self._log.warning("topic of verdicts cannot be read; the store goes on", failure=Failure(error))
        self._failing = True


def _read(values: Sequence[bytes]) -> list[StoredVerdict | None]:
    """None where a record is no verdict of ours."""
    return [_verdict(value) for value in values]


def _verdict(value: bytes) -> StoredVerdict | None:
    try:
        return msgspec.json.decode(value, type=Heard).stored()
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError):
        return None
