"""Connections that cannot be held open for nothing: requests that never get whole are given up.

uvicorn bounds neither how long a request may take to arrive nor how long its head may be, so that slow
clients ("slowloris") could use up what a process may hold open, and one client its memory.
"""

from __future__ import annotations

import functools
import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

_KIB: Final = 1024
_TOO_SLOW: Final = b"408 Request Timeout"
_LINGER: Final = 1.0
"""second in which the other side may read why"""
_TOO_LONG: Final = b"431 Request Header Fields Too Large"


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one connection, but for the last."""

    head_seconds: float = 10.0
    """from when it is opened, or a request begins, until the request's head is there"""
    body_seconds: float = 60.0
    """for the rest of a request"""
    head_bytes: int = 64 * _KIB
    """of all header fields together"""
    connections: int = 8192
    """beyond which the one that has waited longest without a request makes room for a new one"""

    @classmethod
    def of_process(cls) -> Limits:
        """Half of the files that this process may have open are for connections."""
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return cls() if files == resource.RLIM_INFINITY else cls(connections=max(16, files // 2))


def limited(limits: Limits) -> Callable[..., HttpToolsProtocol]:
    """What uvicorn takes for its `http`."""
    return functools.partial(LimitedProtocol, limits)


class LimitedProtocol(HttpToolsProtocol):
    """One connection of uvicorn under `Limits`."""

    def __init__(self, limits: Limits, **options: Any) -> None:
        super().__init__(**options)
        self._limits = limits
        self._head: int | None = 0
        """bytes of the head that is being read; None: there is none"""
        self._timer: asyncio.TimerHandle | None = None
        self.rested = self.loop.time()
        """since when it waits for a request's head; infinity while a request is under way"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wait for a head, and make room if there are too many."""
        super().connection_made(transport)
        self._expect(self._limits.head_seconds)
        if len(self.connections) > self._limits.connections:
            min(self._resting(), key=lambda one: one.rested, default=self).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and count what is still the head of a request that had begun before."""
        begun = self._head is not None
        super().data_received(data)
        if begun and self._head is not None:
            self._head += len(data)
            if self._head > self._limits.head_bytes:
                self.give_up(_TOO_LONG)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = 0
        self._expect(self._limits.head_seconds)

    def on_headers_complete(self) -> None:
        """Its head is there."""
        super().on_headers_complete()
        self._head, self.rested = None, float("inf")
        self._expect(self._limits.body_seconds)

    def on_message_complete(self) -> None:
        """All of it is there."""
        super().on_message_complete()
        self._forget()

    def on_response_complete(self) -> None:
        """It is answered, and the next one may begin or not: uvicorn's keep-alive looks to that."""
        super().on_response_complete()
        self.rested = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._forget()
        super().connection_lost(exc)

    def give_up(self, why: bytes) -> None:
        """Say why, unless an answer is under way already, and close it whether it is read or not."""
        cycle = self.cycle
        answering = cycle is not None and cycle.response_started and not cycle.response_complete
        if not (answering or self.transport.is_closing()):
            self.transport.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % why)
        self.transport.close()
        self.loop.call_later(_LINGER, self.transport.abort)

    def _resting(self) -> Iterator[LimitedProtocol]:
        for one in self.connections:
            if isinstance(one, LimitedProtocol) and one is not self and one.rested < float("inf"):
                yield one

    def _expect(self, seconds: float) -> None:
        self._forget()
        self._timer = self.loop.call_later(seconds, self.give_up, _TOO_SLOW)

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
