from __future__ import annotations

import asyncio
import re
from contextlib import closing

import httpx
import pytest
from argon2 import PasswordHasher

from detector.audit.reading import entries
from detector.people.door import Door, Refused
from detector.people.hashing import Hashing
from detector.people.headers import POLICY
from detector.people.limits import PER_ADDRESS, PER_NAME
from detector.store.opening import open_database
from tests.detector.people.house import ORIGIN, PASSWORD, open_house, sign_in


def test_a_person_signs_in_and_out(url: str) -> None:
    """The cookie travels over TLS to us alone, scripts cannot read it, and signing out ends it."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("Ada")
            browser = house.browser()
            page = await browser.get("/login?next=/console/look")
            assert page.status_code == 200
            assert 'value="/console/look"' in page.text
            reply = await sign_in(browser, "ADA", PASSWORD, next="/console/look")
            assert (reply.status_code, reply.headers["location"]) == (303, "/console/look")
            cookie = reply.headers["set-cookie"].lower()
            assert re.fullmatch(
                "__host-stillwatch=[a-z0-9_-]{43}; httponly; path=/; samesite=lax; secure", cookie
            )
            seen = (await browser.get("/console/look")).json()
            assert seen["name"] == "Ada"
            again = await browser.get("/login?next=/console/audit")
            assert (again.status_code, again.headers["location"]) == (303, "/console/audit")
            kept = dict(browser.cookies)
            out = await browser.post("/logout", data={"csrf": seen["token"]})
            assert (out.status_code, out.headers["location"]) == (303, "/login")
            assert not browser.cookies
            browser.cookies.update(kept)
            assert (await browser.get("/console/look")).status_code == 303

    asyncio.run(main())


def test_on_this_machine_a_plain_cookie_serves(url: str) -> None:
    """Browsers may refuse a secure one without TLS, and the prefix with it."""

    async def main() -> None:
        async with open_house(url, "http://127.0.0.1:8787") as house:
            await house.person("ada")
            browser = await house.signed_in("ada")
            assert list(browser.cookies) == ["stillwatch"]
            reply = await browser.get("/console/look")
            assert reply.status_code == 200
            assert "strict-transport-security" not in reply.headers

    asyncio.run(main())


def test_nobody_learns_which_names_there_are(url: str) -> None:
    """An unknown name, a wrong password, a disabled account and one without any get the same answer."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada")
            gone = await house.person("gone")
            house.people.disable(gone.user_id, "test", house.clock.at)
            house.people.add("new", "viewer", "test", house.clock.at)
            browser = house.browser()
            tries = [
                ("nobody", PASSWORD),
                ("ada", "wrong"),
                ("gone", PASSWORD),
                ("new", PASSWORD),
                ("\0", ""),
            ]
            tries += [("ada", "x" * 10_000)]
            replies = [await sign_in(browser, *one) for one in tries]
            assert {(one.status_code, one.text, *sorted(one.headers)) for one in replies} == {
                (401, replies[0].text, *sorted(replies[0].headers))
            }
            assert "Name and password do not fit" in replies[0].text
            assert not browser.cookies

    asyncio.run(main())


def test_guesses_at_one_name_are_slowed_down(url: str) -> None:
    """From wherever they come; after as long as is told, the right password opens."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada")
            for number in range(PER_NAME.burst):
                reply = await sign_in(house.browser(f"192.0.2.{number}"), "Ada", "wrong")
                assert reply.status_code == 401
            browser = house.browser("198.51.100.1")
            refused = await sign_in(browser, "ada", PASSWORD)
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == str(round(PER_NAME.seconds))
            house.clock.at += round(PER_NAME.seconds * 1000)
            assert (await sign_in(browser, "ada", PASSWORD)).status_code == 303

    asyncio.run(main())


def test_guesses_from_one_place_are_slowed_down(url: str) -> None:
    """A household's addresses count as one, a proxy speaks for its clients, and others are not held up."""

    async def main() -> None:
        async with open_house(url, proxies=("10.0.0.0/8",)) as house:
            await house.person("ada")
            replies = []
            for number in range(PER_ADDRESS.burst + 1):
                browser = house.browser("10.0.0.1")
                browser.headers["X-Forwarded-For"] = f"2001:db8::{number:x}"
                replies.append((await sign_in(browser, f"name{number}", "wrong")).status_code)
            assert replies == [401] * PER_ADDRESS.burst + [429]
            assert (await sign_in(house.browser("10.0.0.1"), "ada", PASSWORD)).status_code == 303

    asyncio.run(main())


def test_a_form_of_another_site_is_refused(url: str) -> None:
    """Or it could sign a victim in as somebody else, whose console then learns what the victim does."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada")
            for origin in ("https://evil.test", "null"):
                reply = await sign_in(house.browser(origin=origin), "ada", PASSWORD)
                assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")
            silent = house.browser()
            del silent.headers["origin"]
            assert (await sign_in(silent, "ada", PASSWORD)).status_code == 403

    asyncio.run(main())


def test_a_session_does_not_outlive_the_next_sign_in(url: str) -> None:
    """A browser has one: that of before ends when somebody signs in anew."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada")
            browser = await house.signed_in("ada")
            before = browser.cookies["__Host-stillwatch"]
            assert (await sign_in(browser, "ada", PASSWORD)).status_code == 303
            assert browser.cookies["__Host-stillwatch"] != before
            assert house.people.session(before, house.clock.at) is None

    asyncio.run(main())


def test_a_link_lets_choose_a_password_once(url: str) -> None:
    """Whoever used it is signed in; whoever comes later is told so, and looking does not use it up."""

    async def main() -> None:
        async with open_house(url) as house:
            ada = house.people.add("<Ada>", "admin", "test", house.clock.at)
            link = "/setup/" + house.people.invite(ada.user_id, "test", house.clock.at)
            browser, good = house.browser(), {"password": PASSWORD, "again": PASSWORD}
            for _ in range(2):
                page = await browser.get(link)
                assert page.status_code == 200
                assert "&lt;Ada&gt;" in page.text
                assert "<Ada>" not in page.text
            for form, why in (
                ({"password": PASSWORD, "again": "other"}, "differ"),
                ({"password": "short", "again": "short"}, "choose 12 to 256"),
                ({}, "choose 12 to 256"),
            ):
                reply = await browser.post(link, data=form)
                assert (reply.status_code, why in reply.text) == (422, True)
            done = await browser.post(link, data=good)
            assert (done.status_code, done.headers["location"]) == (303, "/console")
            assert (await browser.get("/console/people")).status_code == 200
            for reply in (await browser.get(link), await browser.post(link, data=good)):
                assert reply.status_code == 410
                assert "Ask an administrator" in reply.text
            assert (await browser.get("/setup/nonsense")).status_code == 410
            await house.signed_in("<ada>")

    asyncio.run(main())


def test_a_session_does_not_outlive_a_link(url: str) -> None:
    """That of whoever was signed in ends when a link signs somebody else in, and not for a look at it."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("bob")
            browser = await house.signed_in("bob")
            before = browser.cookies["__Host-stillwatch"]
            ada = house.people.add("ada", "admin", "test", house.clock.at)
            link = "/setup/" + house.people.invite(ada.user_id, "test", house.clock.at)
            await browser.get(link)
            await browser.post(link, data={"password": "short", "again": "short"})
            assert house.people.session(before, house.clock.at) is not None
            done = await browser.post(link, data={"password": PASSWORD, "again": PASSWORD})
            assert done.status_code == 303
            assert (await browser.get("/console/look")).json()["name"] == "ada"
            assert house.people.session(before, house.clock.at) is None

    asyncio.run(main())


def test_a_password_that_was_chosen_lets_in(url: str) -> None:
    """Of accents that are typed as characters of their own it may have many."""
    password = PASSWORD + "e\u0301" * 120

    async def main() -> None:
        async with open_house(url) as house:
            ada = house.people.add("ada", "admin", "test", house.clock.at)
            link = "/setup/" + house.people.invite(ada.user_id, "test", house.clock.at)
            chosen = {"password": password, "again": password}
            assert (await house.browser().post(link, data=chosen)).status_code == 303
            await house.signed_in("ada", password)

    asyncio.run(main())


def test_of_several_who_open_a_link_at_once_one_gets_in(url: str) -> None:
    """The others see that it is used."""

    async def main() -> list[int]:
        async with open_house(url) as house:
            ada = house.people.add("ada", "admin", "test", house.clock.at)
            link = "/setup/" + house.people.invite(ada.user_id, "test", house.clock.at)
            form = {"password": PASSWORD, "again": PASSWORD}
            replies = await asyncio.gather(*(house.browser().post(link, data=form) for _ in range(8)))
            return [reply.status_code for reply in replies]

    assert sorted(asyncio.run(main())) == [303] + [410] * 7


def test_pages_say_what_browsers_may_do_with_them(url: str) -> None:
    """Nothing inline or foreign runs, nobody frames them, and they are kept nowhere."""

    async def main() -> None:
        async with open_house(url) as house:
            browser = house.browser()
            for path in ("/login", "/login%0A", "/setup/x", "/console/look", "/oidc/start"):
                reply = await browser.get(path)
                assert reply.headers["content-security-policy"] == POLICY
                assert reply.headers["x-content-type-options"] == "nosniff"
                assert reply.headers["referrer-policy"] == "same-origin"
                assert reply.headers["cache-control"] == "no-store"
                assert reply.headers["strict-transport-security"] == "max-age=31536000"
                assert "<script" not in reply.text
                assert "style=" not in reply.text
            assert "content-security-policy" not in (await browser.get("/healthz")).headers

    asyncio.run(main())


def test_an_error_of_ours_is_no_bare_page(url: str) -> None:
    """It is told as a problem, with what browsers may do, and goes on to the log of who serves."""

    async def broken() -> None:
        raise LookupError("a secret")

    async def main() -> None:
        async with open_house(url) as house:
            house.app.add_api_route("/console/broken", broken)
            with pytest.raises(LookupError):
                await house.browser().get("/console/broken")
            silent = httpx.ASGITransport(house.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=silent, base_url=ORIGIN) as browser:
                reply = await browser.get("/console/broken")
            assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
            assert reply.headers["content-security-policy"] == POLICY
            assert reply.headers["cache-control"] == "no-store"
            assert "secret" not in reply.text

    asyncio.run(main())


def test_forms_that_no_browser_sends_are_refused(url: str) -> None:
    """Without an error of ours."""

    async def main() -> list[int]:
        async with open_house(url) as house:
            browser = house.browser()
            bodies = [b"\xff\xfe", b"&".join([b"name=a"] * 40), b"", b"name", b"name=%ff%fe&password=%00"]
            bodies += [b"name=" + b"a" * 20_000]
            return [(await browser.post("/login", content=body)).status_code for body in bodies]

    assert asyncio.run(main()) == [400, 400, 401, 401, 401, 413]


def test_an_old_hash_is_made_anew_at_sign_in(url: str) -> None:
    """When the parameters were raised since."""

    async def main() -> None:
        async with open_house(url) as house:
            ada = await house.person("ada")
            stronger = Hashing(PasswordHasher(2, 8, 1))
            with closing(Door(house.people, stronger, house.clock)) as door:
                with pytest.raises(Refused):
                    await door.sign_in("ada", "wrong", "192.0.2.1")
                before = house.people.password_of("ada")
                assert await door.sign_in("ada", PASSWORD, "192.0.2.1")
                after = house.people.password_of("ada")
                assert before is not None
                assert after is not None
                assert after[0] == before[0] == ada
                assert stronger.outdated(before[1] or "")
                assert not stronger.outdated(after[1] or "")
                assert await door.sign_in("ada", PASSWORD, "192.0.2.1")

    asyncio.run(main())


def test_signing_in_and_failing_to_are_audited(url: str) -> None:
    """With nothing of what was typed."""

    async def main() -> None:
        async with open_house(url) as house:
            await house.person("ada")
            await sign_in(house.browser(), "hunter2", "hunter2")
            await sign_in(house.browser(), "ada", "hunter2")
            await house.signed_in("ada")

    asyncio.run(main())
    with closing(open_database(url)) as database:
        told = [one.entry for one in entries(database)]
    assert [one.action for one in told[-3:]] == ["person.sign_in_failed"] * 2 + ["person.sign_in"]
    assert "hunter2" not in repr(told)
