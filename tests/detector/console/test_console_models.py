from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from detector.audit.verify import verify
from detector.console.desk.models import Shelf
from detector.dossier.records import AccountDossier, Weighed
from detector.registry.keys import KEY_VARIABLE, write_key
from detector.registry.shadow import DIFFERENCE, PREFIX
from detector.store.findings import SeriesPoint
from features.scored import NAMES
from tests.detector.console.office import SEEN, alert, open_office
from tests.detector.registry.conftest import copied
from tests.detector.registry.shelves import FIRST, SECOND, THIRD, signer
from tests.detector.registry.shelves import Shelf as Registries
from tests.support.exported import account_dossier

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

WHY = {"why": "finds the March family", "confirm": "v2"}
HEAD = {"If-Match": '"4"'}
"""Two versions were added after the first was added and promoted."""


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Registries:
    """A champion, a version that passed against it, and one that the gate refused."""
    made = Registries.of(tmp_path_factory.mktemp("stocked"))
    made.add(SECOND)
    made.add(THIRD, passed=False)
    return made


@pytest.fixture
def shelf(stocked: Registries, tmp_path: Path) -> Shelf:
    """The same to be changed, with its key."""
    key = write_key(tmp_path / "models.pem", signer().key)
    assert str(key.verifier) == str(signer().verifier)
    folder = copied(stocked, tmp_path / "shelf").folder
    return Shelf(folder, {KEY_VARIABLE: str(tmp_path / "models.pem")})


def test_promote_and_back(url: str, shelf: Shelf) -> None:
    """The registry's history and the chained audit both say who, why and what; the chain stays whole."""

    async def main() -> None:
        async with open_office(url, shelf=shelf) as office:
            admin = await office.signed_in("Ada", "admin")
            reply = await admin.post("/v1/models/v2/promote", json=WHY, headers=HEAD)
            assert (reply.status_code, reply.json()["role"]) == (200, "champion"), reply.text
            body = {"why": "too many alerts", "confirm": "v1"}
            reply = await admin.post("/v1/models/rollback", json=body, headers={"If-Match": '"5"'})
            assert (reply.status_code, reply.json()["version"]) == (200, "v1")
            history = Registries.at(shelf.folder.parent).registry.history()
            assert [(one.action, one.actor, one.why) for one in history[-2:]] == [
                ("promote", "Ada (console)", WHY["why"]),
                ("rollback", "Ada (console)", "too many alerts"),
            ]
            told = [one.entry for one in office.parts.desk.trail.of("model", SECOND)]
            assert [(one.action, one.before, one.after) for one in told] == [
                ("promote", b'{"champion":"v1"}', b'{"champion":"v2"}')
            ]
            assert verify(office.database).fault is None

    asyncio.run(main())


@pytest.mark.parametrize(
    ("version", "changes", "headers", "status", "said"),
    [
        ("v3", {"confirm": "v3"}, HEAD, 409, "the gate refused it"),
        ("v2", {"confirm": "v1"}, HEAD, 400, "type v2"),
        ("v2", {"why": " "}, HEAD, 400, "why is empty"),
        ("v9", {"confirm": "v9"}, HEAD, 404, "no such version"),
        ("v2", {}, {"If-Match": '"3"'}, 412, "was changed since"),
        ("v2", {}, {}, 428, "send If-Match"),
    ],
)
def test_what_is_refused_changes_nothing(
    url: str,
    shelf: Shelf,
    version: str,
    changes: dict[str, str],
    headers: dict[str, str],
    status: int,
    said: str,
) -> None:
    """Neither the registry nor the audit, whatever is wrong, and it says what."""

    async def main() -> None:
        async with open_office(url, shelf=shelf) as office:
            admin = await office.signed_in("Ada", "admin")
            path = f"/v1/models/{version}/promote"
            reply = await admin.post(path, json=WHY | changes, headers=headers)
            assert (reply.status_code, said in reply.text) == (status, True), reply.text
            found = (await admin.get("/v1/models")).json()
            assert (found["champion"], found["head"]) == ("v1", 4)
            assert office.parts.desk.trail.of("model", SECOND) == []

    asyncio.run(main())


def test_without_a_key_nobody_promotes(url: str, shelf: Shelf) -> None:
    """Versions are shown, and the page says where they are changed."""

    async def main() -> None:
        async with open_office(url, shelf=Shelf(shelf.folder, {})) as office:
            admin = await office.signed_in("Ada", "admin")
            assert "no key to sign with" in (await admin.get("/console/models")).text
            assert "Promote v2" not in (await admin.get("/console/models/v2")).text
            reply = await admin.post("/v1/models/v2/promote", json=WHY, headers=HEAD)
            assert (reply.status_code, KEY_VARIABLE in reply.text) == (404, True)

    asyncio.run(main())


def test_forms_promote_as_well(url: str, shelf: Shelf) -> None:
    """An administrator's page has the form, a viewer's has none, and what was done is told once."""

    async def main() -> None:
        async with open_office(url, shelf=shelf) as office:
            admin, viewer = await office.signed_in("Ada", "admin"), await office.signed_in("Eve", "viewer")
            assert "Type v2 to confirm" in (await admin.get("/console/models/v2")).text
            assert "Type v2 to confirm" not in (await viewer.get("/console/models/v2")).text
            assert "Not to be promoted" in (await admin.get("/console/models/v3")).text
            form = WHY | {"version": "4"}
            reply = await admin.post("/console/models/v2/promote", data=form, follow_redirects=True)
            assert "v2 is champion" in reply.text
            stale = await admin.post("/console/models/v2/promote", data=form)
            assert (stale.status_code, "was changed since" in stale.text) == (409, True)
            assert "Roll back to v1" in (await admin.get("/console/models/champion")).text

    asyncio.run(main())


def test_a_version_shows_whom_it_would_change(url: str, shelf: Shelf) -> None:
    """Scored anew by it: an alert that it would clear is listed, one that it would keep is not."""
    plain = dict.fromkeys(NAMES, 0.0) | {"volume": 8.0}

    async def main() -> None:
        async with open_office(url, shelf=shelf) as office:
            honest, other = _dossier("acc-1", plain), _dossier("acc-2", plain, label="benign", score=0.01)
            office.alert(alert("acc-1"), dossiers=[honest, other])
            browser = await office.signed_in("Ada", "viewer")
            found = (await browser.get("/v1/models/v2/changes")).json()
            assert (found["model_id"], found["used"], found["accounts"]) == (SECOND, "mdl_1", 2)
            assert [one["account_id"] for one in found["cleared"]] == ["acc-1"]
            assert found["raised"] == []
            page = (await browser.get("/console/models/v2")).text
            assert "no longer alerted" in page
            assert (await browser.get("/v1/models/v2/card?format=md")).text == f"# {SECOND}\n"

    asyncio.run(main())


def test_shadow_and_drift_are_shown(url: str, shelf: Shelf) -> None:
    """As the leader counted them, and a field that went missing is proposed as a reason to look."""
    day = 86_400_000
    start = SEEN // day * day
    counted = [
        SeriesPoint(f"{PREFIX}{SECOND}.{name}", SEEN, n) for name, n in (("both", 7.0), (DIFFERENCE, 3.5))
    ]
    fields = [SeriesPoint("events", start + at * day, 2000.0) for at in range(2)]
    fields += [SeriesPoint("fields.client_ip", start, 2000.0)]

    async def main() -> None:
        async with open_office(url, shelf=shelf) as office:
            office.alert(alert("acc-1"), dossiers=[account_dossier()], series=[*counted, *fields])
            browser = await office.signed_in("Ada", "viewer")
            [shadow] = (await browser.get("/v1/shadow")).json()["days"]
            assert (shadow["model_id"], shadow["both"], shadow["difference"]) == (SECOND, 7, 0.5)
            drift = (await browser.get("/v1/drift")).json()
            assert [one["kind"] for one in drift["proposal"]["reasons"]] == ["field client_ip"]
            page = (await browser.get("/console/models")).text
            assert "look at the gateway" in page
            assert FIRST in page

    asyncio.run(main())


def test_without_a_registry_the_rest_is_shown(url: str) -> None:
    """The page says how to name one, and the API that there is none."""

    async def main() -> None:
        async with open_office(url) as office:
            browser: httpx.AsyncClient = await office.signed_in("Ada", "viewer")
            assert "--registry DIR" in (await browser.get("/console/models")).text
            reply = await browser.get("/v1/models")
            assert (reply.status_code, "--registry" in reply.text) == (404, True)

    asyncio.run(main())


def _dossier(account_id: str, vector: dict[str, float], **changes: Any) -> AccountDossier:
    told = tuple(Weighed(name, 0.0, value, None, None, None) for name, value in vector.items())
    return account_dossier(account_id, features=told, **changes)
