"""The way to the provider and back."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from detector.people.oidc.admission import admit
from detector.people.oidc.errors import NotAdmitted, OidcError
from detector.people.oidc.flow import SECONDS, new_flow, read_flow
from detector.people.pages import end_session, let_in, login
from detector.people.site import HOME, safe_next
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from detector.people.oidc.flow import Flow
    from detector.people.oidc.provider import Provider
    from detector.people.parts import PeopleParts

COOKIE: Final = "stillwatch-oidc"
_LONGEST_CODE: Final = 4096
_LOST: Final = "This sign-in was begun elsewhere or took too long. Try again."


def router(parts: PeopleParts, provider: Provider) -> APIRouter:
    """`/oidc/start` and `/oidc/callback`."""
    made = APIRouter(include_in_schema=False)

    @made.get("/oidc/start")
    async def start(request: Request) -> Response:
        flow = new_flow(safe_next(request.query_params.get("next")), parts.random)
        try:
            response = RedirectResponse(await provider.address(flow), 303)
        except OidcError as error:
            return _failed(parts, HOME, error)
        response.set_cookie(
            parts.site.cookie(COOKIE), flow.cookie(), SECONDS,
            secure=parts.site.secure, httponly=True, samesite="lax",
        )  # fmt: skip
        return response

    @made.get("/oidc/callback")
    async def callback(request: Request) -> Response:
        flow = read_flow(request.cookies.get(parts.site.cookie(COOKIE), ""))
        code = _code(request, flow, provider.settings.issuer)
        if flow is None or code is None:
            response = login(parts, HOME, _LOST, 400)
        else:
            response = await _return(parts, provider, request, flow, code)
        response.delete_cookie(
            parts.site.cookie(COOKIE), secure=parts.site.secure, httponly=True, samesite="lax"
        )
        return response

    return made


async def _return(
    parts: PeopleParts, provider: Provider, request: Request, flow: Flow, code: str
) -> Response:
    try:
        vouched = await provider.vouched(flow, code)
        secret = await asyncio.to_thread(admit, parts.people, provider.settings, vouched, parts.clock.now())
    except OidcError as error:
        return _failed(parts, flow.back, error)
    except NotAdmitted as error:
        return login(parts, flow.back, f"You cannot come in: {error}.", 403)
    await end_session(parts, request)
    return let_in(parts, secret, flow.back)


def _code(request: Request, flow: Flow | None, issuer: str) -> str | None:
    """The code of an answer to this flow, by this provider (RFC 9207)."""
    query = request.query_params
    code, state = query.get("code", ""), query.get("state", "")
    if flow is None or not 0 < len(code) <= _LONGEST_CODE or query.get("iss", issuer) != issuer:
        return None
    return code if hmac.compare_digest(state.encode(), flow.state.encode()) else None


def _failed(parts: PeopleParts, back: str, error: OidcError) -> Response:
    parts.log.error("single sign-on failed", error=Failure(error))
    return login(parts, back, "Single sign-on does not work just now. The log of this service says why.", 502)
