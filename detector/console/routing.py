"""The console's routers, and who may use what of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.console.api.router import api_routes
from detector.console.assets import load_assets
from detector.console.desk.desk import make_desk
from detector.console.desk.sources import make_sources
from detector.console.pages.router import page_routes
from detector.console.parts import ConsoleParts
from detector.console.templating import make_templates
from detector.console.web import static_files

if TYPE_CHECKING:
    from fastapi import APIRouter
    from jinja2 import Environment

    from detector.console.assets import Assets
    from detector.console.desk.models import Shelf
    from detector.dossier.sealing import SampleKey
    from detector.exports.finding import Product
    from detector.hook.parts import Parts
    from detector.people.parts import PeopleParts
    from detector.people.roles import Permission
    from detector.store.database import Database


def make_look() -> tuple[Assets, Environment]:
    """Files and templates; those who sign people in need the templates as well."""
    assets = load_assets()
    return assets, make_templates(assets)


def make_console(
    database: Database,
    hook: Parts,
    people: PeopleParts,
    look: tuple[Assets, Environment],
    product: Product,
    key: SampleKey | None = None,
    shelf: Shelf | None = None,
) -> ConsoleParts:
    """Everything of one process; `hook` and `people` are over `database` as well.

    `key` opens samples; without it their content is not revealed. `shelf` has the versions of the model.
    """
    desk = make_desk(make_sources(database, hook.store, people.people), product, people.clock.now, key, shelf)
    return ConsoleParts(people, desk, *look, hook.decider)


@dataclass(frozen=True, slots=True)
class Mounted:
    """Routers, and by method and path what each endpoint of theirs takes; static files take nothing."""

    routers: list[APIRouter]
    needs: dict[tuple[str, str], Permission]


def mount(parts: ConsoleParts) -> Mounted:
    """Pages, the API and static files."""
    pages, api = page_routes(parts), api_routes(parts)
    return Mounted([pages.router, api.router, static_files.router(parts.assets)], pages.needs | api.needs)


def console_routers(parts: ConsoleParts) -> list[APIRouter]:
    """For `detector.hook.app.make_app`, with `detector.console.schemas.SCHEMAS`."""
    return mount(parts).routers
