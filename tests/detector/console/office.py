"""The service with a console in this process, cases in it, and browsers that ask it."""

from __future__ import annotations

import io
import re
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec
from argon2 import PasswordHasher

from detector.alert import Alert
from detector.casework.keeper import CaseKeeper
from detector.console.routing import Mounted, make_console, make_look, mount
from detector.console.schemas import SCHEMAS
from detector.dossier.bodies import packed
from detector.exports.finding import Product
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.parts import HookSettings
from detector.people.assembly import make_people
from detector.people.hashing import Hashing
from detector.people.headers import SecurityHeaders
from detector.people.site import make_site
from detector.people.web import people_routers
from detector.store.findings import AlertRecord, DossierRecord, Findings, MeasurementRecord, SeriesPoint
from detector.store.opening import open_database, open_store
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from tests.detector.hook.made import Hand

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fastapi import FastAPI
    from jinja2 import Environment

    from detector.console.assets import Assets
    from detector.console.desk.models import Shelf
    from detector.console.parts import ConsoleParts
    from detector.dossier.records import AccountDossier, CampaignDossier
    from detector.dossier.sealing import SampleKey
    from detector.people.records import Person
    from detector.people.roles import Role
    from detector.store.database import Database
    from detector.store.interface import Store

ORIGIN: Final = "https://stillwatch.test"
PASSWORD: Final = "three old kettles sing"
QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SEEN: Final = 1_799_990_000_000
"""ms of event time"""
_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Office:
    """One process' service."""

    app: FastAPI
    parts: ConsoleParts
    mounted: Mounted
    clock: Hand
    database: Database
    store: Store

    def person(self, name: str, role: Role = "analyst") -> Person:
        """Somebody who has chosen a password."""
        people = self.parts.people.people
        made = people.add(name, role, "test", self.clock.at)
        accepted = people.accept(
            people.invite(made.user_id, "test", self.clock.at), QUICK.hash(PASSWORD), self.clock.at
        )
        assert accepted is not None
        return accepted

    def browser(self) -> httpx.AsyncClient:
        """A browser with no cookies yet."""
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 1))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN})

    async def signed_in(self, name: str, role: Role = "analyst") -> httpx.AsyncClient:
        """A browser of somebody new who is signed in; it sends the session's token."""
        self.person(name, role)
        browser = self.browser()
        reply = await browser.post("/login", data={"name": name, "password": PASSWORD})
        assert reply.status_code == 303, reply.text
        page = await browser.get("/console/help")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token is not None, page.text
        browser.headers["X-CSRF-Token"] = token[1]
        return browser

    def alert(self, *alerts: Alert, dossiers: Sequence[Any] = (), **more: Any) -> list[str]:
        """Let the leader find something, and the queue take it over; ids of the cases."""
        lease = self.store.lead("leader", 0, 1 << 50)
        assert lease is not None
        tick = (self.store.leadership().concluded or 0) + 1
        records = [_record(one) for one in alerts]
        found = Findings(tick, records, dossiers=[_dossier(one) for one in dossiers], **more)
        self.store.conclude(lease, found, self.clock.at)
        CaseKeeper(self.database).follow(self.clock.at)
        return [one.alert_id for one in alerts]


def alert(subject_id: str, kind: Any = "account", score: float = 0.97, **changes: Any) -> Alert:
    """A first revision."""
    values: dict[str, Any] = {
        "revision": 1,
        "time": SEEN,
        "label": "distillation",
        "status": "open",
        "reasons": (),
        "model_id": "sw-test",
        "shadow": False,
    }
    return Alert(subject_id, kind, score=score, **(values | changes))


def grown(kind: str, subject_id: str, hours: int = 3) -> list[MeasurementRecord]:
    """How something grew, an hour at a time."""
    return [
        MeasurementRecord(kind, subject_id, SEEN + at * _HOUR, 0.5 + at / 10, 100 * 10**at, 50, 3, at / 10)
        for at in range(hours)
    ]


def traffic(steps: int = 4) -> list[SeriesPoint]:
    """Events and what of them had a network."""
    named = {"events": 100.0, "fields.client_ip": 50.0, "accounts.active": 7.0, "alerts.account": 1.0}
    return [
        SeriesPoint(name, SEEN - at * 300_000, value) for at in range(steps) for name, value in named.items()
    ]


@asynccontextmanager
async def open_office(
    url: str, key: SampleKey | None = None, origin: str = ORIGIN, shelf: Shelf | None = None
) -> AsyncIterator[Office]:
    """The real application over a store."""
    clock, telemetry = Hand(), make_telemetry()
    with (
        open_logs(io.StringIO()) as log,
        closing(open_store(url)) as store,
        closing(open_database(url)) as database,
    ):
        hook = make_parts(store, HookSettings(), telemetry.instruments, clock, log)
        look, site = _look(), make_site(origin)
        people = make_people(
            database, site, look[1], clock, log, token_bytes, keys=hook.keys, hashing=Hashing(QUICK)
        )
        parts = make_console(database, hook, people, look, Product("test"), key, shelf)
        mounted = mount(parts)
        app = make_app(hook, [*people_routers(people), *mounted.routers], SCHEMAS)
        app.add_middleware(SecurityHeaders, secure=site.secure)
        try:
            yield Office(app, parts, mounted, clock, database, store)
        finally:
            await people.close()


@cache
def _look() -> tuple[Assets, Environment]:
    """Templates that were compiled by one test serve the next."""
    return make_look()


def _record(one: Alert) -> AlertRecord:
    body = msgspec.json.encode(one.to_json())
    return AlertRecord(
        one.alert_id, one.revision, one.time, one.kind, one.subject_id, one.label, one.score, one.status, body
    )


def _dossier(one: AccountDossier | CampaignDossier) -> DossierRecord:
    if hasattr(one, "account_id"):
        objects = tuple((shown.object_id, shown.requests) for shown in one.objects)
        return DossierRecord("account", one.account_id, one.time, packed(one), objects)
    return DossierRecord("campaign", one.campaign_id, one.time, packed(one))
