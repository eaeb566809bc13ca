"""Who may come in: dependencies of pages and of the API."""

from __future__ import annotations

import asyncio
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time

from detector.hook.problems import Problem
from detector.people.forms import fields_of, is_form
from detector.people.roles import may
from detector.people.site import place_in, same_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from detector.people.parts import PeopleParts
    from detector.people.records import Session
    from detector.people.roles import Permission, Role

COOKIE: Final = "stillwatch"
SCOPE: Final = "triage"
"""of API keys of programs that work on cases"""
FIELD: Final = "csrf"
"""of forms; whatever else is sent takes the header"""
HEADER: Final = "x-csrf-token"
_KEY: Final = re.compile("(bearer )?swk_.*", re.IGNORECASE)
_BEARER: Final = {"WWW-Authenticate": 'Bearer realm="stillwatch"'}
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a person who is signed in, or a program with a key."""

    user_id: str
    """`usr_…`, or `key_…`"""
    name: str
    role: Role
    token: str
    """what forms and scripts of the page send along; empty for a program"""


def signed_in(
    parts: PeopleParts, permission: Permission
) -> Callable[[Request], Coroutine[Any, Any, Visitor]]:
    """For pages: who is signed in and may do so; others are sent to sign in, or refused (403)."""

    async def admitted(request: Request) -> Visitor:
        session = await current(parts, request)
        if session is None:
            raise _away(request)
        return await _let_in(parts, request, session, permission)

    return admitted


def allowed(parts: PeopleParts, permission: Permission) -> Callable[[Request], Coroutine[Any, Any, Visitor]]:
    """For the API: who is signed in, or has a key of scope `triage`, and may do so; a problem (401, 403)."""

    async def admitted(request: Request) -> Visitor:
        sent = _sent_key(request)
        if sent:
            return _permitted(request, _program(parts, sent), permission)
        session = await current(parts, request)
        if session is None:
            raise Problem(401, "signed-out", "Not signed in", "sign in, or send an API key", _BEARER)
        return await _let_in(parts, request, session, permission)

    return admitted


async def current(parts: PeopleParts, request: Request) -> Session | None:
    """The session of a request's cookie, if it is not over."""
    secret = request.cookies.get(parts.site.cookie(COOKIE), "")
    if not secret:
        return None
    return await asyncio.to_thread(parts.people.session, secret, parts.clock.now())


async def _let_in(parts: PeopleParts, request: Request, session: Session, permission: Permission) -> Visitor:
    if request.method not in _SAFE:
        await _check_forgery(parts, request, session)
    person = session.person
    return _permitted(request, Visitor(person.user_id, person.name, person.role, session.token), permission)


def _sent_key(request: Request) -> dict[str, str]:
    """Headers with a key of ours; a proxy's own `Authorization` is none."""
    headers = ((name, request.headers.get(name, "")) for name in ("x-stillwatch-key", "authorization"))
    return {name: value for name, value in headers if _KEY.fullmatch(value)}


def _program(parts: PeopleParts, sent: dict[str, str]) -> Visitor:
    # Where no key is asked for, everybody would be a program.
    if parts.keys is None or not parts.keys.required:
        raise Problem(401, "no-key", "No valid key", "this service takes no API keys here; sign in", _BEARER)
    caller = parts.keys.admit(sent, SCOPE)
    return Visitor(f"key_{caller.key_id}", caller.name, "service", "")


def _permitted(request: Request, visitor: Visitor, permission: Permission) -> Visitor:
    if not may(visitor.role, permission):
        detail = f"role {visitor.role} lacks the permission {permission}; ask an administrator"
        raise Problem(403, "permission", "Not allowed", detail)
    request.state.visitor = visitor
    return visitor


async def _check_forgery(parts: PeopleParts, request: Request, session: Session) -> None:
    """The token proves that a page of ours asks; the browser's word on it counts besides."""
    if same_origin(request.headers, parts.site) is False:
        raise Problem(403, "origin", "Not from here", "send it from a page of this service")
    sent = request.headers.get(HEADER) or await _sent_in_form(request)
    if not hmac.compare_digest(sent.encode(), session.token.encode()):
        raise Problem(403, "csrf", "Form out of date", f"load the page again, or send `{HEADER}`")


async def _sent_in_form(request: Request) -> str:
    return dict(await fields_of(request)).get(FIELD, "") if is_form(request) else ""


def _away(request: Request) -> Problem:
    """To sign in and come back; a fragment's page as a whole, by htmx."""
    if "hx-request" in request.headers:
        header, status, back = "HX-Redirect", 401, place_in(request.headers.get("hx-current-url", ""))
    else:
        header, status = "Location", 303
        back = f"{request.url.path}?{request.url.query}" if request.method in _SAFE else ""
    target = f"/login?next={quote(back.rstrip('?'), safe='/')}"
    return Problem(status, "signed-out", "Not signed in", "sign in at /login", {header: target})
