"""A service with a console on a real socket, whose store tests fill."""

from __future__ import annotations

import io
import socket
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

import httpx
import uvicorn
from argon2 import PasswordHasher

from detector.console.opening import ConsoleSettings, Opened, opened_console
from detector.console.schemas import SCHEMAS
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.commands import Commands
from detector.hook.parts import HookSettings
from detector.people.guard import COOKIE
from detector.people.headers import SecurityHeaders
from detector.people.people import SqlPeople
from detector.people.site import make_site
from detector.store.opening import open_database, open_store
from detector.stream.clock import SystemClock
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import StorageState, StorageStateCookie

    from detector.hook.auth.keys import Scope
    from detector.hook.parts import Parts
    from detector.people.roles import Role

HOST: Final = "127.0.0.1"
PASSWORD: Final = "three old kettles sing"
PATIENCE: Final = 120.0
"""seconds"""
_QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True, slots=True)
class Console:
    """Where it is, and its store."""

    origin: str
    store_url: str
    now: Callable[[], int] = SystemClock().now

    def person(self, name: str, role: Role = "analyst") -> str:
        """Somebody who has chosen a password; the user's id."""
        with closing(open_database(self.store_url)) as database:
            people = SqlPeople(database, token_bytes)
            made = people.add(name, role, "test", self.now())
            people.accept(people.invite(made.user_id, "test", self.now()), _QUICK.hash(PASSWORD), self.now())
        return made.user_id

    def link(self, name: str, role: Role = "analyst") -> str:
        """The address at which somebody new chooses a password."""
        with closing(open_database(self.store_url)) as database:
            people = SqlPeople(database, token_bytes)
            made = people.add(name, role, "test", self.now())
            return f"{self.origin}/setup/{people.invite(made.user_id, 'test', self.now())}"

    def session(self, name: str) -> StorageState:
        """What a browser keeps of somebody who has signed in; several profiles may begin with it."""
        headers, form = {"Origin": self.origin}, {"name": name, "password": PASSWORD}
        reply = httpx.post(f"{self.origin}/login", data=form, headers=headers)
        assert reply.status_code == 303, reply.text
        kept: StorageStateCookie = {
            "name": COOKIE, "value": reply.cookies[COOKIE], "domain": HOST, "path": "/", "expires": -1,
            "httpOnly": True, "secure": False, "sameSite": "Lax",
        }  # fmt: skip
        return {"cookies": [kept], "origins": []}

    def key(self, *scopes: Scope) -> str:
        """An API key."""
        with closing(open_store(self.store_url)) as store:
            commands = Commands(store, "test", self.now, token_bytes)
            return commands.create_key("test", scopes, "test", hours=None, rate=None).text

    def sender(self, *scopes: Scope) -> dict[str, str]:
        """Headers of who may send events, and what `scopes` allow, once the key is live: within a second."""
        sent = {"X-Stillwatch-Key": self.key("ingest", *scopes)}
        place = f"{self.origin}/v1/events"
        eventually(lambda: httpx.post(place, content=b"", headers=sent).status_code != 401)
        return sent


@contextmanager
def console_over(
    store_url: str, registry: Path | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Console]:
    """A service in a thread, with its errands, until the end of the block; it must have had no fault."""
    said = io.StringIO()
    with closing(socket.create_server((HOST, 0))) as bound, open_logs(said) as log:
        origin = f"http://{HOST}:{bound.getsockname()[1]}"
        with closing(open_store(store_url)) as store:
            parts = make_parts(store, HookSettings(), make_telemetry().instruments, SystemClock(), log)
            settings = ConsoleSettings(make_site(origin), registry=registry)
            with (
                opened_console(store_url, settings, parts, environ or {}) as opened,
                _running(_app(parts, opened), bound),
            ):
                yield Console(origin, store_url)
    assert "Traceback" not in said.getvalue(), said.getvalue()


def eventually(true: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `true` says, once it is true."""
    end = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.02)
    return found


def _app(parts: Parts, opened: Opened) -> FastAPI:
    app = make_app(parts, opened.routers, SCHEMAS, [opened.people.close])
    app.add_middleware(SecurityHeaders, secure=opened.people.site.secure)
    return app


@contextmanager
def _running(app: FastAPI, bound: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        eventually(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join()
