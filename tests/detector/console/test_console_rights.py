from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

import pytest

from detector.people.roles import PERSONAL, may
from tests.detector.console.office import open_office

if TYPE_CHECKING:
    import httpx

    from detector.people.roles import Role

_STATIC: Final = "/static/{path:path}"


@pytest.mark.parametrize("role", PERSONAL)
def test_each_role_reaches_what_it_may_and_nothing_else(url: str, role: Role) -> None:
    """At every endpoint, a role that lacks the permission is refused, and one that has it is let in."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada", role)
            for (method, path), permission in office.mounted.needs.items():
                reply = await _ask(browser, method, path)
                refused = reply.status_code == 403 and f"lacks the permission {permission}" in reply.text
                assert refused != may(role, permission), (method, path)
                assert reply.status_code != 401, (method, path)

    asyncio.run(main())


def test_who_is_not_signed_in_gets_nowhere(url: str) -> None:
    """Pages lead to the login page, the API answers 401; only what that page loads is open to all."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = office.browser()
            for method, path in office.mounted.needs:
                reply = await _ask(browser, method, path)
                assert reply.status_code == (401 if path.startswith("/v1") else 303), (method, path)

    asyncio.run(main())


def test_nothing_is_changed_without_the_session_s_token(url: str) -> None:
    """A page elsewhere can make a browser send its cookie, and not the token."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada", "admin")
            del browser.headers["X-CSRF-Token"]
            for method, path in office.mounted.needs:
                if method != "GET":
                    reply = await _ask(browser, method, path)
                    assert (reply.status_code, "Form out of date" in reply.text) == (403, True), (
                        method,
                        path,
                    )

    asyncio.run(main())


def test_every_endpoint_is_in_the_table(url: str) -> None:
    """No route is mounted beside those that name the permission that they take."""

    async def main() -> None:
        async with open_office(url) as office:
            mounted = {
                (method, getattr(route, "path", ""))
                for router in office.mounted.routers
                for route in router.routes
                for method in getattr(route, "methods", ())
            }
            assert mounted - set(office.mounted.needs) == {("GET", _STATIC)}

    asyncio.run(main())


async def _ask(browser: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    named = re.sub(r"\{kind\}", "account", path)
    return await browser.request(method, re.sub(r"\{[^}]*\}", "1", named))
