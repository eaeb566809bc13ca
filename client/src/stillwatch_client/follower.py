"""Keeps the table up to date from `GET /v1/decisions/stream`, for as long as it is let."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import httpx

from stillwatch_client.backoff import retry_after
from stillwatch_client.reporter import Reporter
from stillwatch_client.sse import FeedError, SseParser
from stillwatch_client.wire import read_page

if TYPE_CHECKING:
    import ssl

    from stillwatch_client.backoff import Backoff
    from stillwatch_client.decider import Decider
    from stillwatch_client.settings import CacheSettings

STREAM: Final = "/v1/decisions/stream"

logger = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818 - what the service did
    """The service answers, and not with the feed; `asked`: seconds that it wants us to wait."""

    def __init__(self, message: str, asked: float | None) -> None:
        super().__init__(message)
        self.asked = asked


def refusal(response: httpx.Response) -> Refused:
    """What an answer other than the feed means."""
    status = response.status_code
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        told = f"key (STILLWATCH_KEY): refused ({status}); give one with the scope feed"
    else:
        told = f"url (STILLWATCH_URL): answers {status} to {STREAM}; is it Stillwatch's, and is that up?"
    return Refused(told, retry_after(response.headers.get("retry-after")))


def open_client(settings: CacheSettings, trusted: ssl.SSLContext) -> httpx.AsyncClient:
    """Connections to the service; proxies that are meant for models are not used."""
    patience = httpx.Timeout(settings.begin, read=settings.silence)
    return httpx.AsyncClient(
        headers=settings.service.headers(),
        timeout=patience,
        verify=trusted,
        trust_env=False,
    )


class Follower:
    """Follows the feed; `run` ends only when it is cancelled."""

    def __init__(self, decider: Decider, backoff: Backoff, ready: asyncio.Event) -> None:
        self._decider = decider
        self._settings = decider.settings
        self._table = decider.table
        self._counters = decider.counters
        self._backoff = backoff
        self._ready = ready
        self._failures = 0

    async def run(self, trusted: ssl.SSLContext) -> None:
        """Read the feed, opening it anew whenever it ends."""
        async with open_client(self._settings, trusted) as client, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._report(client))
            while True:
                asked = await self._attempt(client)
                self._table.restart()
                await asyncio.sleep(self._backoff.wait(self._failures, asked))

    async def _report(self, client: httpx.AsyncClient) -> None:
        reporter = Reporter(self._counters, self._settings)
        while True:
            await asyncio.sleep(self._settings.report)
            if self._table.view is not None and self._failures == 0:
                await reporter.report(client)

    async def _attempt(self, client: httpx.AsyncClient) -> float | None:
        """Read until the feed breaks; returns the seconds that the service asked us to wait."""
        problem: Exception | None = None
        try:
            await self._read(client)
        except FeedError as error:
            self._table.forget_version()
            problem = error
        # Whatever it is, the gateway goes on, and so must the attempts.
        except Exception as error:  # noqa: BLE001 - as said
            problem = error
        self._failures += 1
        self._counters.add("feed_breaks")
        self._tell(problem)
        return problem.asked if isinstance(problem, Refused) else None

    def _tell(self, problem: Exception | None) -> None:
        # Once per outage: an attempt every few seconds is not news.
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        # Errors of the transport may have no words.
        told = "the service ended it" if problem is None else f"{type(problem).__name__}: {problem}"
        logger.log(level, "Stillwatch: the feed of verdicts broke off (%s); trying again", told)

    async def _read(self, client: httpx.AsyncClient) -> None:
        headers = {"accept": "text/event-stream", "cache-control": "no-store"}
        if self._table.mark is not None:
            headers["last-event-id"] = self._table.mark
        request = client.build_request("GET", self._settings.service.at(STREAM), headers=headers)
        # Or a service that hangs would be waited for as long as a feed may be silent.
        async with asyncio.timeout(self._settings.begin):
            response = await client.send(request, stream=True)
        async with aclosing(response):
            if response.status_code != httpx.codes.OK:
                raise refusal(response)
            self._alive()
            parser = SseParser()
            async for data in response.aiter_bytes():
                self._take(parser, data)

    def _take(self, parser: SseParser, data: bytes) -> None:
        for message in parser.feed(data):
            page = read_page(message)
            if page is None:
                continue
            left_out = self._table.apply(page)
            self._counters.add("verdicts_left_out", count=left_out)
            self._counters.add("pages", page.kind)
        self._alive()

    def _alive(self) -> None:
        self._decider.heard = self._decider.monotonic()
        if self._table.view is None:
            return
        if self._failures:
            logger.warning("Stillwatch: the feed of verdicts is back")
        self._failures = 0
        self._ready.set()
