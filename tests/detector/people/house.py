"""The service with people in it, in this process, and browsers that ask it."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Any, Final

import httpx
from argon2 import PasswordHasher
from fastapi import APIRouter, Depends
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.parts import HookSettings
from detector.people.assembly import make_people
from detector.people.guard import allowed, signed_in
from detector.people.hashing import Hashing
from detector.people.headers import SecurityHeaders
from detector.people.roles import RIGHTS
from detector.people.site import make_site
from detector.people.web import people_routers
from detector.store.opening import open_database, open_store
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from tests.detector.hook.made import Hand

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from detector.hook.auth.ring import KeyRing
    from detector.people.oidc.settings import OidcSettings
    from detector.people.parts import PeopleParts
    from detector.people.people import SqlPeople
    from detector.people.records import Person
    from detector.people.roles import Role

ORIGIN: Final = "https://stillwatch.test"
PASSWORD: Final = "three old kettles sing"
QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TEMPLATES: Final = Path(__file__).parents[3] / "detector" / "console" / "templates"
PERMISSIONS: Final = sorted(RIGHTS["admin"])


@dataclass(frozen=True, slots=True)
class House:
    """One process' service."""

    app: FastAPI
    parts: PeopleParts
    clock: Hand
    keys: KeyRing
    said: io.StringIO
    """its log"""

    @property
    def people(self) -> SqlPeople:
        """Who is known."""
        return self.parts.people

    async def person(self, name: str, role: Role = "analyst", password: str = PASSWORD) -> Person:
        """Somebody who has chosen a password."""
        made = self.people.add(name, role, "test", self.clock.at)
        link = self.people.invite(made.user_id, "test", self.clock.at)
        hashed = QUICK.hash(password)
        accepted = self.people.accept(link, hashed, self.clock.at)
        assert accepted is not None
        return accepted

    def browser(self, address: str = "192.0.2.1", origin: str | None = None) -> httpx.AsyncClient:
        """A browser with no cookies yet, whose pages are ours unless said otherwise."""
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        headers = {"Origin": origin or self.parts.site.origin}
        return httpx.AsyncClient(transport=transport, base_url=self.parts.site.origin, headers=headers)

    async def signed_in(self, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """A browser of somebody who is signed in."""
        browser = self.browser()
        reply = await sign_in(browser, name, password)
        assert reply.status_code == 303, reply.text
        return browser


async def sign_in(browser: httpx.AsyncClient, name: str, password: str, **more: str) -> httpx.Response:
    """Send the form of the login page."""
    return await browser.post("/login", data={"name": name, "password": password} | more)


@asynccontextmanager
async def open_house(
    url: str,
    origin: str = ORIGIN,
    oidc: OidcSettings | None = None,
    proxies: tuple[str, ...] = (),
    clock: Hand | None = None,
) -> AsyncIterator[House]:
    """The real application over a store, with probes of each permission below `/console` and `/v1/probe`."""
    clock, telemetry, said = clock or Hand(), make_telemetry(), io.StringIO()
    with open_logs(said) as log, closing(open_store(url)) as store, closing(open_database(url)) as database:
        hook = make_parts(store, HookSettings(), telemetry.instruments, clock, log)
        templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
        site, hashing = make_site(origin, proxies), Hashing(QUICK)
        parts = make_people(
            database, site, templates, clock, log, token_bytes, keys=hook.keys, oidc=oidc, hashing=hashing
        )
        app = make_app(hook, [*people_routers(parts), *_probes(parts)])
        app.add_middleware(SecurityHeaders, secure=parts.site.secure)
        try:
            yield House(app, parts, clock, hook.keys, said)
        finally:
            await parts.close()


def _probes(parts: PeopleParts) -> list[APIRouter]:
    made = APIRouter()
    for permission in PERMISSIONS:
        for path, guard in (("/console", signed_in), ("/v1/probe", allowed)):
            made.add_api_route(
                f"{path}/{permission}",
                _who(guard(parts, permission)),
                methods=["GET", "POST"],
                include_in_schema=False,
            )
    return [made]


def _who(guard: Any) -> Any:
    async def who(visitor: Any) -> dict[str, str]:
        return {"name": visitor.name, "role": visitor.role, "token": visitor.token}

    who.__annotations__ = {"visitor": Annotated[Any, Depends(guard)], "return": dict[str, str]}
    return who
