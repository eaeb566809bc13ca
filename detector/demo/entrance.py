"""A link that signs the demo's administrator in, once, without a password."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from detector.people.guard import current
from detector.people.pages import end_session, let_in, login
from detector.people.secrets import new_secret

if TYPE_CHECKING:
    from detector.people.parts import PeopleParts

NAME: Final = "demo"
"""of the administrator"""
FIRST: Final = "/console/queue"
"""the page to begin with: there one sees alerts arrive"""
_SPENT: Final = "This link was used. The demo's terminal says how to get another."


class Entrance:
    """Used by the event loop, but for `link`, which any thread may read."""

    def __init__(self, parts: PeopleParts) -> None:
        """Add the administrator. Raises `PeopleError` if there is one already."""
        self._parts = parts
        self._person = parts.people.add(NAME, "admin", NAME, parts.clock.now())
        self._secret = new_secret(parts.random)
        self._used = False

    @property
    def link(self) -> str:
        """Below /login, so that its answers have the headers of pages."""
        return f"{self._parts.site.origin}/login/demo/{self._secret}"

    def router(self) -> APIRouter:
        """No part of the API."""
        made = APIRouter(include_in_schema=False)

        @made.get("/login/demo/{secret}")
        async def enter(request: Request, secret: str) -> Response:
            if await current(self._parts, request) is not None:
                return RedirectResponse(FIRST, 303)
            session = await self._session(secret)
            if session is None:
                return login(self._parts, FIRST, _SPENT, 410)
            await end_session(self._parts, request)
            return let_in(self._parts, session, FIRST)

        return made

    async def _session(self, secret: str) -> str | None:
        if self._used or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return None
        self._used = True
        people, now = self._parts.people, self._parts.clock.now()
        return await asyncio.to_thread(people.start, self._person, "demo link", now)
