"""Rendering for who is signed in, and telling what was done or refused."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from detector.console.pages.toast import COOKIE, Toast, read_toast, write_toast
from detector.console.web.routes import visitor
from detector.hook.problems import Problem
from detector.people.forms import fields_of
from detector.people.roles import may
from detector.people.site import place_in, safe_next

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from detector.console.parts import ConsoleParts

    Endpoint = Callable[[Request], Awaitable[Response]]

THEME: Final = "stillwatch-theme"
THEMES: Final = ("light", "dark")
AUTO: Final = "auto"
"""as the browser prefers"""
_SECONDS: Final = 60
"""for which a message waits for its page"""
_YEAR: Final = 365 * 24 * 3600


class Frame:
    """Makes responses out of templates."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._templates = parts.templates
        self._site = parts.people.site
        self._now = parts.people.clock.now

    def page(
        self, request: Request, name: str, section: str, status: int = 200, /, **values: Any
    ) -> Response:
        """A whole page, under the entry `section` of the navigation."""
        toast = read_toast(request.cookies.get(self._site.cookie(COOKIE)))
        text = self._render(request, f"pages/{name}.html.jinja", section=section, toast=toast, **values)
        response = HTMLResponse(text, status)
        if toast is not None:
            response.delete_cookie(self._site.cookie(COOKIE), secure=self._site.secure, httponly=True)
        return response

    def part(self, request: Request, name: str, /, **values: Any) -> bytes:
        """A part of a page."""
        return self._render(request, f"parts/{name}.jinja", **values)

    def back(self, where: str, toast: Toast | None = None) -> Response:
        """On to a page of ours, which tells the message."""
        response = RedirectResponse(safe_next(where), 303)
        if toast is not None:
            self._set(response, COOKIE, write_toast(toast), _SECONDS)
        return response

    def refresh(self, toast: Toast) -> Response:
        """The page that asked is loaded anew, and tells the message."""
        response = Response(status_code=204, headers={"HX-Refresh": "true"})
        self._set(response, COOKIE, write_toast(toast), _SECONDS)
        return response

    def theme(self, response: Response, theme: str) -> None:
        """Remember a choice of colours."""
        self._set(response, THEME, theme, _YEAR)

    def told(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, whose problems become pages; scripts get them as they are."""

        @wraps(endpoint)
        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Problem as problem:
                if "hx-request" in request.headers or "if-none-match" in request.headers:
                    raise
                return self._problem(request, problem)

        return answered

    def _problem(self, request: Request, problem: Problem) -> Response:
        back = safe_next(place_in(request.headers.get("referer", "")))
        page = self.page(
            request, "problem", "", problem.status, title=problem.title, detail=problem.detail, back=back
        )
        page.headers.update({name: value for name, value in problem.headers.items() if name != "ETag"})
        return page

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            self._site.cookie(name),
            value,
            max_age=seconds,
            secure=self._site.secure,
            httponly=True,
            samesite="lax",
        )

    def _render(self, request: Request, path: str, /, **values: Any) -> bytes:
        who = visitor(request)
        theme = request.cookies.get(self._site.cookie(THEME))
        # As it was sent: a path that was decoded is none that leads back.
        sent: bytes = request.scope["raw_path"]
        query = f"?{request.url.query}" if request.url.query else ""
        known = {
            "person": who,
            "token": who.token,
            "theme": theme if theme in THEMES else None,
            "here": sent.decode("ascii", "replace") + query if request.method == "GET" else "/console/queue",
            "may": lambda permission: may(who.role, permission),
            "now": self._now(),
        }
        # An account's id may hold half a surrogate pair, which UTF-8 has no bytes for.
        return self._templates.get_template(path).render(known | values).encode("utf-8", "replace")


async def form_of(request: Request) -> dict[str, str]:
    """Fields of a form, of several of one name the last; the guard has checked whose form it is."""
    return dict(await fields_of(request))


async def listed(request: Request, name: str) -> tuple[str, ...]:
    """All values of one field."""
    return tuple(value for one, value in await fields_of(request) if one == name)
