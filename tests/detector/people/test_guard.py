from __future__ import annotations

import asyncio
from secrets import token_bytes
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.hook.auth.keys import make_key
from detector.people.forms import FIELDS, FORM_BYTES
from detector.people.records import HOUR
from detector.people.roles import PERSONAL, RIGHTS
from tests.detector.people.house import PERMISSIONS, House, open_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from detector.hook.auth.keys import Scope

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


def key(house: House, scope: str) -> dict[str, str]:
    """The header of a program with a key."""
    new = make_key("soar", (cast("Scope", scope),), house.clock.at, token_bytes)
    house.keys.put(new.key)
    return {"Authorization": f"Bearer {new.text}"}


def test_each_role_may_what_its_rights_say_and_no_more(url: str) -> None:
    """On pages and in the API alike, for people and for programs."""

    async def main() -> None:
        async with open_house(url) as house:
            for role in PERSONAL:
                await house.person(role, role)
                browser = await house.signed_in(role)
                for permission in PERMISSIONS:
                    expected = 200 if permission in RIGHTS[role] else 403
                    for path in ("/console", "/v1/probe"):
                        reply = await browser.get(f"{path}/{permission}")
                        assert reply.status_code == expected, (role, path, permission)
            program = key(house, "triage")
            for permission in PERMISSIONS:
                reply = await house.browser().get(f"/v1/probe/{permission}", headers=program)
                assert reply.status_code == (200 if permission in RIGHTS["service"] else 403)

    asyncio.run(main())


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(url: str) -> None:
    """A browser by a redirect, a fragment of htmx with its whole page, and the API by a problem."""

    async def main() -> None:
        async with open_house(url) as house:
            browser = house.browser()
            page = await browser.get("/console/look?kind=account&next=//evil.test")
            assert page.status_code == 303
            assert (
                page.headers["location"] == "/login?next=/console/look%3Fkind%3Daccount%26next%3D//evil.test"
            )
            posted = await browser.post("/console/triage")
            assert (posted.status_code, posted.headers["location"]) == (303, "/login?next=")
            shown = {"HX-Request": "true", "HX-Current-URL": "https://stillwatch.test/console/queue?x=1"}
            fragment = await browser.get("/console/look", headers=shown)
            assert fragment.status_code == 401
            assert fragment.headers["hx-redirect"] == "/login?next=/console/queue%3Fx%3D1"
            lost = await browser.get("/console/look", headers=shown | {"HX-Current-URL": "http://[x"})
            assert (lost.status_code, lost.headers["hx-redirect"]) == (401, "/login?next=")
            api = await browser.get("/v1/probe/look")
            assert (api.status_code, api.headers["content-type"]) == (401, "application/problem+json")
            assert api.json()["type"] == "urn:stillwatch:problem:signed-out"

    asyncio.run(main())


def test_a_change_needs_the_sessions_own_token(url: str) -> None:
    """In the form or the header, of this session; a page of somebody else's cannot know it."""

    async def main() -> None:
        async with open_house(url) as house:
            for name in ("ada", "bob"):
                await house.person(name)
            ada, bob = await house.signed_in("ada"), await house.signed_in("bob")
            own = (await ada.get("/v1/probe/look")).json()["token"]
            other = (await bob.get("/v1/probe/look")).json()["token"]
            for path in ("/console/triage", "/v1/probe/triage"):
                for status, sent in (
                    (200, {"headers": {"X-CSRF-Token": own}}),
                    (200, {"data": {"csrf": own}}),
                    (200, {"files": {"x": b"x"}, "headers": {"X-CSRF-Token": own}}),
                    (403, {}),
                    (403, {"data": {"csrf": other}}),
                    (403, {"headers": {"X-CSRF-Token": other}}),
                    (403, {"headers": {"X-CSRF-Token": "\u00ff".encode("latin-1")}}),
                    (403, {"files": {"csrf": own.encode()}}),
                    (403, {"headers": {"X-CSRF-Token": own, "Origin": "https://evil.test"}}),
                    (403, {"headers": {"X-CSRF-Token": own, "Sec-Fetch-Site": "cross-site"}}),
                ):
                    reply = await ada.post(path, **sent)
                    assert reply.status_code == status, (path, sent)

    asyncio.run(main())


def test_a_form_is_read_no_further_than_it_may_be(url: str) -> None:
    """Refused before its token is looked at, long before all of it is held."""
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(40):
            sent.append(number)
            yield b"x" * (FORM_BYTES // 4)

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada", "viewer")
            ada = await house.signed_in("ada")
            for path in ("/console/look", "/v1/probe/look"):
                sent.clear()
                reply = await ada.post(path, content=endless(), headers=FORM)
                assert (reply.status_code, reply.json()["type"]) == (413, "urn:stillwatch:problem:too-long")
                assert len(sent) < 10
                odd = await ada.post(path, content=b"csrf=\xff", headers=FORM)
                many = await ada.post(path, content=b"a&" * (FIELDS + 1), headers=FORM)
                assert (odd.status_code, many.status_code) == (400, 400)

    asyncio.run(main())


def test_a_key_is_for_the_api_and_of_the_right_scope(url: str) -> None:
    """Neither pages nor a service that asks for no keys take one; it counts before a cookie."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada", "admin")
            ada, good, bad = await house.signed_in("ada"), key(house, "triage"), key(house, "decide")
            nobody = house.browser()
            assert (await nobody.post("/v1/probe/triage", headers=good)).json()["name"] == "soar"
            assert (await nobody.get("/console/look", headers=good)).status_code == 303
            assert (await nobody.get("/v1/probe/look", headers=bad)).status_code == 403
            assert (await nobody.get("/v1/probe/look", headers={"Authorization": "x"})).status_code == 401
            assert (await ada.get("/v1/probe/people", headers=good)).status_code == 403
            house.keys.required = False
            assert (await nobody.get("/v1/probe/look", headers=good)).status_code == 401
            assert (await nobody.get("/v1/probe/look")).status_code == 401

    asyncio.run(main())


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 303)])
def test_a_session_that_nobody_uses_is_over(url: str, hours: float, status: int) -> None:
    """After eight hours, a page asks to sign in again."""

    async def main() -> int:
        async with open_house(url) as house:
            await house.person("ada")
            ada = await house.signed_in("ada")
            house.clock.at += round(hours * HOUR)
            return (await ada.get("/console/look")).status_code

    assert asyncio.run(main()) == status


def test_who_is_disabled_is_out_at_once(url: str) -> None:
    """With the next request."""

    async def main() -> None:
        async with open_house(url) as house:
            ada = await house.person("ada")
            browser = await house.signed_in("ada")
            house.people.disable(ada.user_id, "test", house.clock.at)
            assert (await browser.get("/console/look")).status_code == 303

    asyncio.run(main())


def test_no_invented_cookie_lets_in(url: str) -> None:
    """Nor does it raise anything."""
    line = st.binary(max_size=60).filter(lambda one: not set(one) & set(b"\r\n"))

    async def ask(house: House, cookies: list[bytes]) -> None:
        header = b"; ".join([*cookies, *(b"__Host-stillwatch=" + one for one in cookies)])
        reply = await house.browser().get("/v1/probe/look", headers={b"Cookie": header})
        assert reply.status_code == 401

    with asyncio.Runner() as runner:
        opened = open_house(url)
        house = runner.run(opened.__aenter__())

        @settings(max_examples=150)
        @given(cookies=st.lists(line, min_size=1))
        def each(cookies: list[bytes]) -> None:
            runner.run(ask(house, cookies))

        each()
        runner.run(opened.__aexit__(None, None, None))
