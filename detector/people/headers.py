"""Headers that keep what a page shows inside the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from detector.hook.problems import fault

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS: Final = ("/console", "/login", "/logout", "/setup", "/oidc", "/static")
"""where pages and what they load are; everything below as well"""
STATIC: Final = "/static"
"""what may be cached"""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Content Security Policy (W3C, level 3): nothing inline, nothing from elsewhere, in nobody's frame."""

_ALWAYS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TLS: Final = "max-age=31536000"


class SecurityHeaders:
    """Middleware for pages; what gateways ask is handed on as it is."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        """`secure`: browsers come over TLS and may be told to always do (RFC 6797)."""
        self._app = app
        self._headers = _ALWAYS | ({"Strict-Transport-Security": _TLS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http" or not _below(scope["path"], PATHS):
            await self._app(scope, receive, send)
            return
        private, is_begun = not _below(scope["path"], (STATIC,)), False

        async def told(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if private:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception:
            # Outside of this only a bare text would be answered; whoever serves still logs the error.
            if not is_begun:
                await fault().response()(scope, receive, told)
            raise


def _below(path: str, tops: tuple[str, ...]) -> bool:
    # Routes match with a line break at the end as well.
    asked = path.removesuffix("\n")
    return any(asked == top or asked.startswith(f"{top}/") for top in tops)
