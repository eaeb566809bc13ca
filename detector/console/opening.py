"""The console of a process, opened over its store and closed again."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING

from detector.console.desk.models import Shelf
from detector.console.errands import running_errands
from detector.console.routing import console_routers, make_console, make_look
from detector.exports.assembly import make_product
from detector.people.assembly import make_people
from detector.people.web import people_routers
from detector.store.opening import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fastapi import APIRouter

    from detector.dossier.sealing import SampleKey
    from detector.hook.parts import Parts
    from detector.people.oidc.settings import OidcSettings
    from detector.people.parts import PeopleParts
    from detector.people.site import Site


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """Where people reach the console, and how they sign in."""

    site: Site
    oidc: OidcSettings | None = None
    key: SampleKey | None = None
    """opens samples"""
    registry: Path | None = None
    """folder of the versions of the model"""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the application mounts; `people` are closed on its event loop."""

    routers: list[APIRouter]
    people: PeopleParts


@contextmanager
def opened_console(
    url: str, settings: ConsoleSettings, parts: Parts, environ: Mapping[str, str]
) -> Iterator[Opened]:
    """The console over the store at `url`, and its errands, until the end of the block.

    Raises `StoreError`, `PeopleError` or `ExportError` where something of it cannot be had.
    """
    with closing(open_database(url)) as database:
        look = make_look()
        people = make_people(
            database, settings.site, look[1], parts.clock, parts.log, token_bytes,
            keys=parts.keys, oidc=settings.oidc,
        )  # fmt: skip
        shelf = None if settings.registry is None else Shelf(settings.registry, environ)
        console = make_console(database, parts, people, look, make_product(environ), settings.key, shelf)
        with running_errands(database, environ, parts.clock, parts.log):
            yield Opened([*people_routers(people), *console_routers(console)], people)
