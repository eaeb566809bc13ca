"""HEAD of what people and load balancers look at: the answer of GET, without its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_EXACT: Final = frozenset({"/healthz", "/readyz", "/openapi.json", "/login"})
_BELOW: Final = ("/console", "/static")
"""Not what ends with its use, as a link to sign in does, and not what never ends."""


class Heads:
    """Middleware: routes of FastAPI take GET alone, and RFC 9110 (9.3.2) wants HEAD wherever that is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and _has_head(scope["path"]):
            # A copy: by its own scope the server knows that no body is due.
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


def _has_head(path: str) -> bool:
    return path in _EXACT or any(path == top or path.startswith(f"{top}/") for top in _BELOW)
