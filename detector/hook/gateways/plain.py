"""Gateways that ask by HTTP with headers only: each may be answered by its own statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response

from detector.hook.asking import ask
from detector.hook.decision import STATUS
from detector.hook.headers import denial, denied, facts_in, headers_in, headers_of
from detector.hook.problems import PROBLEM_JSON, problems

if TYPE_CHECKING:
    from detector.hook.decision import Decision
    from detector.hook.parts import Parts

NGINX: Final = STATUS | {"throttle": 403}
"""`auth_request` takes any other status for an error of ours."""
METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
"""what clients may do with an API; Envoy passes the method on"""

_DENIALS: Final = {"401": "challenged", "403": "refused", "429": "throttled"}


def router(parts: Parts) -> APIRouter:
    """nginx, forward-auth (Traefik, Caddy) and Envoy's ext_authz over HTTP."""
    made = APIRouter(tags=["gateways"])
    _nginx(made, parts)
    _forward(made, parts)
    _envoy(made, parts)
    return made


def _nginx(made: APIRouter, parts: Parts) -> None:
    @made.get("/hook/nginx", response_class=Response, responses=_replies("401", "403"))
    async def nginx(request: Request) -> Response:
        """Answer nginx' `auth_request`: by 200, 401 and 403 only; a header tells a throttle from a block."""
        sent = headers_in(request)
        decision = await ask(parts, "nginx", sent, facts_in(sent), sent)
        # nginx keeps headers to itself and drops the body; the shipped snippet writes one.
        headers = headers_of(decision, parts.settings.challenge) | {"x-stillwatch-reason": decision.reason}
        return Response(None, NGINX[decision.enforced], headers)


def _forward(made: APIRouter, parts: Parts) -> None:
    @made.get("/hook/forward", response_class=Response, responses=_replies("401", "403", "429"))
    async def forward(request: Request) -> Response:
        """Answer Traefik's ForwardAuth and Caddy's `forward_auth`, which pass a denial on as it is."""
        sent = headers_in(request)
        decision = await ask(parts, "forward", sent, facts_in(sent), sent)
        return answer(decision, parts.settings.challenge)


def _envoy(made: APIRouter, parts: Parts) -> None:
    async def envoy(request: Request) -> Response:
        """Answer Envoy's `ext_authz` over HTTP, which passes a denial on; only 5xx are errors to it."""
        sent = headers_in(request)
        decision = await ask(parts, "envoy-http", sent, facts_in(sent), sent)
        return answer(decision, parts.settings.challenge)

    for method in METHODS:
        made.add_api_route(
            "/ext_authz/{path:path}",
            envoy,
            methods=[method],
            name=f"envoy_{method.lower()}",
            operation_id=f"envoy_{method.lower()}",
            response_class=Response,
            responses=_replies("401", "403", "429"),
            include_in_schema=method in {"GET", "POST"},
        )


def answer(decision: Decision, challenge: str) -> Response:
    """For gateways that hand a denial to the client."""
    headers = headers_of(decision, challenge)
    if not denied(decision):
        return Response(None, 200, headers)
    return Response(denial(decision), STATUS[decision.enforced], headers, PROBLEM_JSON)


def _replies(*statuses: str) -> dict[int | str, dict[str, object]]:
    said = problems(**{f"s{status}": _DENIALS[status] for status in statuses})
    return {200: {"description": "allowed; headers say more"}, **said}
