"""Puts people together for the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.people.door import Door
from detector.people.hashing import Hashing
from detector.people.oidc.provider import Provider
from detector.people.oidc.settings import secret_of
from detector.people.parts import PeopleParts
from detector.people.people import SqlPeople

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from detector.hook.auth.ring import KeyRing
    from detector.people.oidc.settings import OidcSettings
    from detector.people.site import Site
    from detector.store.database import Database
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log


def make_people(
    database: Database,
    site: Site,
    templates: Environment,
    clock: Clock,
    log: Log,
    random: Callable[[int], bytes],
    *,
    keys: KeyRing | None = None,
    oidc: OidcSettings | None = None,
    hashing: Hashing | None = None,
) -> PeopleParts:
    """Parts to be closed in the end. Raises `PeopleError` if the provider's secret cannot be read."""
    people = SqlPeople(database, random)
    provider = None if oidc is None else Provider(oidc, secret_of(oidc), site.origin, clock)
    door = Door(people, hashing or Hashing(), clock)
    return PeopleParts(people, door, site, templates, clock, log, random, keys, provider)
