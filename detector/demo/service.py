"""The whole service in one process: hook, ingest, stream and console over a folder."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from detector.console.opening import ConsoleSettings, opened_console
from detector.console.schemas import SCHEMAS
from detector.demo.entrance import NAME, Entrance
from detector.demo.place import HOST
from detector.dossier.sealing import SampleKey
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.commands import Commands
from detector.hook.ingest.opening import Destination, opened_ingest
from detector.hook.ingest.router import router
from detector.hook.parts import HookSettings
from detector.people.headers import SecurityHeaders
from detector.people.site import make_site
from detector.store.opening import open_store
from detector.stream.assembly import StreamSettings
from detector.stream.beside import running_beside
from detector.stream.sampling import MOST
from detector.stream.secret import stream_secret
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from fastapi import FastAPI

    from detector.compose import Setup
    from detector.demo.place import Place
    from detector.hook.parts import Parts
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

CHECKPOINT_SECONDS: Final = 30.0
KEY_HOURS: Final = 24.0


@dataclass(frozen=True, slots=True)
class DemoService:
    """What is served, and what the demo needs of it."""

    app: FastAPI
    parts: Parts
    ended: Callable[[], bool]
    """whether the stream has failed"""
    origin: str
    link: str
    """signs the administrator in, once"""
    key: str
    """of the scope `ingest`"""

    @property
    def store(self) -> Store:
        """Where everything is."""
        return self.parts.store


@contextmanager
def opened_demo(
    place: Place,
    model: Path,
    setup: Setup,
    port: int,
    idle_seconds: float,
    environ: Mapping[str, str],
    clock: Clock,
    log: Log,
) -> Iterator[DemoService]:
    """Open everything over `place`, whose store is up to date, and close it at the end of the block.

    The stream runs meanwhile; after `idle_seconds` without an event it takes the log for ended. Raises what
    the parts raise: `StoreError`, `SourceError`, `SinkError`, `PeopleError`.
    """
    telemetry, site = make_telemetry(), make_site(f"http://{HOST}:{port}")
    # It is invented data, so that people may look into all that can be kept.
    streaming = StreamSettings(
        None, place.store, place.queue, idle_seconds=idle_seconds,
        checkpoint_seconds=CHECKPOINT_SECONDS, samples=MOST,
    )  # fmt: skip
    looking = ConsoleSettings(site, None, SampleKey.from_secret(stream_secret(environ, place.store)))
    with ExitStack() as stack:
        stored = stack.enter_context(closing(open_store(place.store)))
        parts = make_parts(stored, HookSettings(), telemetry.instruments, clock, log)
        ingest = stack.enter_context(
            opened_ingest(
                Destination(place.queue), place.store, model, environ, clock, telemetry.instruments, log,
                links=stored,
            )
        )  # fmt: skip
        key = _key(stored, clock)
        # Last, for it reads the queue that the ingest makes.
        ended = stack.enter_context(running_beside(streaming, setup, environ, clock, telemetry, log))
        console = stack.enter_context(opened_console(place.store, looking, parts, environ))
        entrance = Entrance(console.people)
        routers = [router(parts.keys, ingest), *console.routers, entrance.router()]
        app = make_app(parts, routers, SCHEMAS, [console.people.close])
        app.add_middleware(SecurityHeaders, secure=site.secure)
        yield DemoService(app, parts, ended, site.origin, entrance.link, key)


def _key(store: Store, clock: Clock) -> str:
    do = Commands(store, NAME, clock.now, token_bytes)
    return do.create_key(NAME, ("ingest",), "streams the sample log", hours=KEY_HOURS, rate=None).text
