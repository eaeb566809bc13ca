"""Pages to sign in, to sign out, and to choose a password."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from detector.hook.bodies import read_body
from detector.hook.problems import Problem
from detector.people.door import Refused, TooOften
from detector.people.forms import parsed
from detector.people.guard import COOKIE, current, signed_in
from detector.people.hashing import Busy
from detector.people.records import PeopleError
from detector.people.site import client_address, safe_next, same_origin

if TYPE_CHECKING:
    from detector.people.parts import PeopleParts

FORM_BYTES: Final = 16_384
_WRONG: Final = "Name and password do not fit."
_SPENT: Final = "This link was used or is too old. Ask an administrator for a new one."


def router(parts: PeopleParts) -> APIRouter:
    """`/login`, `/logout` and `/setup/…`; they are no part of the API."""
    made = APIRouter(include_in_schema=False)
    _add_login(made, parts)
    _add_logout(made, parts)
    _add_setup(made, parts)
    return made


def _add_login(made: APIRouter, parts: PeopleParts) -> None:
    @made.get("/login")
    async def login_page(request: Request) -> Response:
        back = safe_next(request.query_params.get("next"))
        if await current(parts, request) is not None:
            return RedirectResponse(back, 303)
        return login(parts, back)

    @made.post("/login")
    async def sign_in(request: Request) -> Response:
        form = await _form(parts, request)
        back = safe_next(form.get("next"))
        try:
            secret = await parts.door.sign_in(
                form.get("name", ""), form.get("password", ""), _address(parts, request)
            )
        except Refused:
            return login(parts, back, _WRONG, 401)
        except TooOften as error:
            return _later(login(parts, back, _too_often(error), 429), error.seconds)
        except Busy:
            return _later(login(parts, back, "Too many sign in just now. Try again.", 503), 5)
        await end_session(parts, request)
        return let_in(parts, secret, back)


def _add_logout(made: APIRouter, parts: PeopleParts) -> None:
    @made.post("/logout", dependencies=[Depends(signed_in(parts, "look"))])
    async def sign_out(request: Request) -> Response:
        await end_session(parts, request)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(
            parts.site.cookie(COOKIE), secure=parts.site.secure, httponly=True, samesite="lax"
        )
        return response


def _add_setup(made: APIRouter, parts: PeopleParts) -> None:
    @made.get("/setup/{link}")
    async def setup_page(link: str) -> Response:
        person = await asyncio.to_thread(parts.people.invited, link, parts.clock.now())
        return _setup(parts, person.name) if person else _setup(parts, None, _SPENT, 410)

    @made.post("/setup/{link}")
    async def choose(request: Request, link: str) -> Response:
        form = await _form(parts, request)
        person = await asyncio.to_thread(parts.people.invited, link, parts.clock.now())
        if person is None:
            return _setup(parts, None, _SPENT, 410)
        password = form.get("password", "")
        if password != form.get("again", ""):
            return _setup(parts, person.name, "The two passwords differ.", 422)
        try:
            secret = await parts.door.set_up(link, password)
        except PeopleError as error:
            return _setup(parts, person.name, str(error), 422)
        except Busy:
            return _later(_setup(parts, person.name, "Too many sign in just now. Try again.", 503), 5)
        if secret is None:
            return _setup(parts, None, _SPENT, 410)
        await end_session(parts, request)
        return let_in(parts, secret, safe_next(None))


def login(parts: PeopleParts, back: str, error: str = "", status: int = 200) -> Response:
    """The page to sign in, with what went wrong."""
    label = parts.provider.settings.label if parts.provider else ""
    return _page(parts, "login", status, error=error, next=back, provider=label)


def let_in(parts: PeopleParts, secret: str, back: str) -> Response:
    """Go on, signed in."""
    response = RedirectResponse(back, 303)
    response.set_cookie(
        parts.site.cookie(COOKIE), secret, secure=parts.site.secure, httponly=True, samesite="lax"
    )
    return response


async def end_session(parts: PeopleParts, request: Request) -> None:
    """End the session that a browser had before."""
    secret = request.cookies.get(parts.site.cookie(COOKIE), "")
    if secret:
        await asyncio.to_thread(parts.people.end, secret, parts.clock.now())


def _setup(parts: PeopleParts, name: str | None, error: str = "", status: int = 200) -> Response:
    return _page(parts, "setup", status, error=error, name=name)


def _page(parts: PeopleParts, page: str, status: int, **values: Any) -> Response:
    template = parts.templates.get_template(f"people/{page}.html.jinja")
    return HTMLResponse(template.render(**values), status)


async def _form(parts: PeopleParts, request: Request) -> dict[str, str]:
    """Fields of a form of ours; there is no session yet whose token could vouch for it."""
    if not same_origin(request.headers, parts.site):
        raise Problem(
            403,
            "origin",
            "Not from here",
            f"open {parts.site.origin}/login and use its form; a script sends that address as Origin",
        )
    return dict(parsed(await read_body(request, FORM_BYTES), 16))


def _address(parts: PeopleParts, request: Request) -> str:
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.get("x-forwarded-for", ""), parts.site)


def _too_often(error: TooOften) -> str:
    return f"Too many attempts. Try again in {math.ceil(error.seconds)} seconds."


def _later(response: Response, seconds: float) -> Response:
    response.headers["Retry-After"] = str(math.ceil(seconds))
    return response
