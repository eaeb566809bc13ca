"""The decisions as a stream, for caches at the edge: all of them at first, then what changes.

Server-sent events (WHATWG HTML, 9.2): `snapshot` in pages, then `delta`. The id of an event is the version
up to which the stream has come, the version of the links and the era (`Followers.era`), with dots between;
who comes back with it as `Last-Event-ID` goes on there, or is sent everything anew in another era.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from detector.hook.auth.require import require
from detector.hook.problems import Problem, problems
from detector.hook.verdicts.index import ABSENT, key_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable

    from detector.hook.auth.ring import Caller, KeyRing
    from detector.hook.followers import Follower
    from detector.hook.parts import Parts

PAGE: Final = 500
"""accounts in one event"""
HEARTBEAT: Final = 10.0
"""seconds of silence after which a comment is sent"""
FOLLOWERS: Final = 100
SUBJECTS: Final = 200
"""of an account in its entry"""
RELINKED: Final = 10_000
"""later links, beyond which everything is sent anew"""
_VERDICTS: Final = 33
"""bits of a version that count verdicts; the rest counts controls, and together they stay below 2**53"""
_MARK: Final = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})\.([0-9a-f]{1,20})")


class Mark(NamedTuple):
    """How far a client has come."""

    version: int
    """it grows with each verdict, and by much with each control"""
    links: int
    """version of the last link"""
    era: str
    """`Followers.era`"""


class Entry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is decided on requests of an account that presents no token and is of no plan."""

    account_id: str
    action: str
    shadow: bool
    reason: str
    expires: float
    """seconds since 1970"""
    score: float | None = None
    label: str | None = None
    campaign_id: str | None = None
    retry_after: int | None = None
    degrade: Any = None
    subjects: tuple[str, ...] = ()
    """its API keys and end users, each as `digest_of` in hexadecimal; the latest `SUBJECTS`"""


class Page(msgspec.Struct, frozen=True, gc=False):
    """One event."""

    version: int
    verdicts: list[Entry]
    """accounts whose requests are not simply allowed"""
    deleted: list[str]
    """accounts whose requests are allowed again"""
    more: bool
    """whether another page of the same kind follows"""


def router(parts: Parts) -> APIRouter:
    """`GET /v1/decisions/stream`; mount it before `/v1/decisions/{account_id}`."""
    made = APIRouter(prefix="/v1", tags=["native"])
    pages = Pages(parts)

    @made.get(
        "/decisions/stream",
        response_class=Response,
        responses={
            200: {"description": "server-sent events", "content": {"text/event-stream": {}}},
            **problems(
                s401="no valid key", s403="the key lacks the scope", s429="too many requests",
                s503="verdicts are being loaded, or too many follow already",
            ),
        },
        dependencies=[Depends(require(parts.keys, "feed"))],
    )  # fmt: skip
    async def stream(
        request: Request, last_event_id: Annotated[str | None, Header(max_length=64)] = None
    ) -> Response:
        """Follow the decisions on all accounts: a snapshot in pages, then changes within a second."""
        if not parts.decider.ready:
            raise Problem(503, "loading", "Loading", "verdicts are being loaded", {"Retry-After": "1"})
        if len(parts.followers) >= FOLLOWERS:
            raise Problem(503, "full", "Too many streams", "follow another process", {"Retry-After": "30"})
        return StreamingResponse(
            _while_live(pages.follow(read_mark(last_event_id)), parts.keys, request.state.caller),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    return made


async def _while_live(events: AsyncGenerator[bytes], keys: KeyRing, caller: Caller) -> AsyncGenerator[bytes]:
    """Events for as long as the caller's key counts; where nothing changes, a heartbeat finds out."""
    async with aclosing(events):
        async for event in events:
            if not keys.live(caller):
                return
            yield event


class Pages:
    """Makes events of what is in memory."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._encode = msgspec.json.Encoder().encode

    async def follow(self, since: Mark | None) -> AsyncGenerator[bytes]:
        """Events until the client goes away or the service stops; `since` is where it left off."""
        follower = self._parts.followers.add()
        try:
            async for event in self._begin(since):
                yield event
            while not follower.closing:
                if not await follower.changes(HEARTBEAT):
                    yield b": alive\n\n"
                    continue
                async for event in self._changes(follower):
                    yield event
        finally:
            self._parts.followers.remove(follower)

    def mark(self) -> Mark:
        """Of what is in memory."""
        parts, feed = self._parts, self._parts.feed
        return Mark(feed.controls << _VERDICTS | feed.version, parts.subjects.latest, parts.followers.era)

    async def _begin(self, since: Mark | None) -> AsyncIterator[bytes]:
        mark = self.mark()
        if since is None or not self._continues(since, mark):
            async for event in self._snapshot():
                yield event
            return
        table, relinked = self._parts.decider.table, self._relinked(since.links)
        seen = since.version & ((1 << _VERDICTS) - 1)
        changed = [row for row in range(len(table)) if table.version[row] > seen or row in relinked]
        async for event in self._pages("delta", changed, mark):
            yield event

    def _continues(self, since: Mark, now: Mark) -> bool:
        """Whether changes alone lead from one to the other: no other controls or era, not too many links."""
        return (
            since.era == now.era
            and since.version <= now.version
            and since.version >> _VERDICTS == self._parts.feed.controls
            and 0 <= now.links - since.links <= min(RELINKED, self._parts.subjects.most)
        )

    def _relinked(self, since: int) -> set[int]:
        """Rows of accounts whose subjects may be others since a version of the links."""
        decider, accounts = self._parts.decider, self._parts.subjects.accounts_since(since)
        rows = (decider.table.find_key(account) for account in accounts)
        return {row for row in rows if row != ABSENT and decider.decide_row(row).action != "allow"}

    async def _changes(self, follower: Follower) -> AsyncIterator[bytes]:
        rows, anew = follower.take()
        if anew:
            async for event in self._snapshot():
                yield event
        else:
            async for event in self._pages("delta", rows, self.mark()):
                yield event

    async def _snapshot(self) -> AsyncIterator[bytes]:
        mark = self.mark()
        async for event in self._pages("snapshot", range(len(self._parts.decider.table)), mark):
            yield event

    async def _pages(self, kind: str, rows: Iterable[int], mark: Mark) -> AsyncIterator[bytes]:
        """Pages of `PAGE` rows, the last of them marked so; at least one."""
        batch: list[int] = []
        for row in rows:
            if len(batch) == PAGE:
                yield self._event(kind, batch, mark, more=True)
                batch = []
                # Requests are answered in between.
                await asyncio.sleep(0)
            batch.append(row)
        yield self._event(kind, batch, mark, more=False)

    def _event(self, kind: str, rows: Iterable[int], mark: Mark, *, more: bool) -> bytes:
        entries, deleted = [], []
        for row in rows:
            entry = self._entry(row)
            if entry is not None:
                entries.append(entry)
            elif kind == "delta":
                deleted.append(self._parts.decider.table.account(row))
        data = self._encode(Page(mark.version, entries, deleted, more))
        # Only where the stream is whole up to a version may a client come back with it.
        told = "" if more else "id: {}.{}.{}\n".format(*mark)
        return b"event: %b\n%bdata: %b\n\n" % (kind.encode(), told.encode(), data)

    def _entry(self, row: int) -> Entry | None:
        decider = self._parts.decider
        found = decider.decide_row(row)
        if found.action == "allow" or found.account_id is None:
            return None
        expires = decider.table.time[row] / 1000 + decider.rules.policy.verdict_hours * 3600
        return Entry(
            found.account_id, found.action, found.shadow, found.reason, expires, found.score, found.label,
            found.campaign_id, found.retry_after, found.degrade, self._subjects(found.account_id),
        )  # fmt: skip

    def _subjects(self, account_id: str) -> tuple[str, ...]:
        return tuple(one.hex() for one in self._parts.subjects.digests(key_of(account_id), SUBJECTS))


def read_mark(text: str | None) -> Mark | None:
    """What a client comes back with; None where that is no mark of ours."""
    found = _MARK.fullmatch(text or "")
    return None if found is None else Mark(int(found[1]), int(found[2]), found[3])
