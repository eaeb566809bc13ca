"""A short way to the endpoints that gateways ask for every request.

Routing through FastAPI takes longer than the decision. The same endpoints are mounted there as well, which
documents them; by this way their path alone leads to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.routing import APIRoute

from detector.hook.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from fastapi import APIRouter, Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    Endpoint = Callable[[Request], Awaitable[Response]]

PATHS: Final = ("/v1/decide", "/hook/nginx", "/hook/forward", "/beta/litellm_basic_guardrail_api")
PREFIX: Final = "/ext_authz/"
"""Envoy's own path follows"""


class Shortcut:
    """Middleware: answers requests of these paths, and hands on all others."""

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        self._app = app
        self._exact: dict[tuple[str, str], Endpoint] = {}
        self._below: dict[str, Endpoint] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    self._add(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        endpoint = self._endpoint(scope) if scope["type"] == "http" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive))
        except Problem as problem:
            response = problem.response()
        await response(scope, receive, send)

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        method, path = scope["method"], scope["path"]
        found = self._exact.get((method, path))
        if found is None and path.startswith(PREFIX):
            return self._below.get(method)
        return found

    def _add(self, route: APIRoute) -> None:
        for method in route.methods or ():
            if route.path in PATHS:
                self._exact[method, route.path] = route.endpoint
            elif route.path.startswith(PREFIX):
                self._below[method] = route.endpoint
