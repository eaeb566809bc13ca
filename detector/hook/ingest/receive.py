"""A request from its first byte to its answer: read, checked, limited, stored, answered."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from detector.hook.auth.buckets import Bucket
from detector.hook.ingest.bodies import Flight, busy, unfit
from detector.hook.problems import Problem
from detector.telemetry.fields import Failure, Name
from streaming.sink import SinkError, TooLarge

if TYPE_CHECKING:
    from fastapi import Request

    from detector.hook.auth.ring import Caller
    from detector.hook.ingest.durable import Durable
    from detector.hook.ingest.forms import Keyed
    from detector.hook.ingest.links import Links
    from detector.hook.ingest.route import Route, Taken
    from detector.hook.ingest.settings import IngestSettings
    from detector.hook.ingest.telemetry import IngestTelemetry
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

INLINE_BYTES: Final = 64 * 1024
"""Longer bodies are worked on by another thread, so that the event loop goes on answering meanwhile."""


class Receiver:
    """Takes bodies by any route into one durable store. Used by one event loop."""

    def __init__(
        self,
        durable: Durable,
        settings: IngestSettings,
        clock: Clock,
        telemetry: IngestTelemetry,
        log: Log,
        links: Links | None = None,
    ) -> None:
        """Whose keys are whose is told to `links`."""
        self._telemetry = telemetry
        self._durable = durable
        self._links = links
        self._settings = settings
        self._clock = clock
        self._log = log
        self._flight = Flight(settings)
        self._buckets: dict[str, Bucket] = {}
        # One, since decoding holds the interpreter: more would only compete.
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="stillwatch-ingest")

    async def receive(self, request: Request, caller: Caller, endpoint: str, route: Route) -> Taken:
        """What became of the request's events, of which the good ones are durable.

        Raises `Problem`: 400, 413, 415 where nothing can be taken, 429 and 503 where it should be sent again.
        """
        try:
            body = await self._flight.read(request)
            try:
                taken = await self._take(body, request.headers.get("content-encoding", ""), route)
                self._limit(caller, taken.received)
                await self._store(taken.keyed)
            finally:
                self._flight.land(len(body))
        except Problem as problem:
            self._telemetry.failed(endpoint, problem.status)
            raise
        self._tell(endpoint, taken)
        return taken

    def close(self) -> None:
        """Let the other thread go; what was taken is for the durable store to finish."""
        self._pool.shutdown()

    async def _take(self, body: bytes, encoding: str, route: Route) -> Taken:
        now = self._clock.now()
        if len(body) <= INLINE_BYTES:
            return route.take(body, encoding, now)
        return await asyncio.get_running_loop().run_in_executor(self._pool, route.take, body, encoding, now)

    def _limit(self, caller: Caller, events: int) -> None:
        rate = self._settings.events_per_second
        if rate is None or not events:
            return
        bucket = self._buckets.get(caller.key_id)
        if bucket is None:
            bucket = self._buckets[caller.key_id] = Bucket(rate, self._clock.monotonic)
        if (wait := bucket.take(events)) > 0:
            seconds = math.ceil(wait)
            detail = f"key {caller.key_id}: over {rate:g} events a second; send again after {seconds} s"
            raise Problem(429, "rate", "Too many events", detail, {"Retry-After": str(seconds)})

    async def _store(self, keyed: Keyed) -> None:
        if not keyed:
            return
        try:
            done = asyncio.wrap_future(self._durable.append(keyed))
            await asyncio.wait_for(done, self._settings.wait_seconds)
        except TooLarge as error:
            raise unfit(f"an event cannot be stored: {error}, or send it without its text") from error
        except SinkError as error:
            self._log.warning("events were not stored", events=len(keyed), error=Failure(error))
            raise busy(f"events cannot be stored: {error}", self._settings.retry_seconds) from error
        except TimeoutError:
            self._log.warning("events were not stored in time", events=len(keyed))
            why = f"events were not stored within {self._settings.wait_seconds:g} s"
            raise busy(why, self._settings.retry_seconds) from None

    def _tell(self, endpoint: str, taken: Taken) -> None:
        self._telemetry.taken(endpoint, taken)
        if self._links is not None:
            self._links.note(taken.links)
        if taken.refused:
            first = taken.refused[0]
            count = len(taken.refused)
            self._log.warning(
                "refused events", events=count, endpoint=Name(endpoint), reason=Name(first.reason)
            )
