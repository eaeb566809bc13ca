from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from detector.people.oidc.flow import new_flow, read_flow
from detector.people.oidc.settings import OidcSettings
from tests.detector.hook.made import Hand
from tests.detector.people.house import House, open_house
from tests.detector.people.oidc_provider import CLIENT, SECRET, new_key, running_provider, shared_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.detector.people.oidc_provider import OidcProvider


@pytest.fixture(scope="module")
def server() -> Iterator[OidcProvider]:
    """One provider for all tests."""
    with running_provider(Hand()) as provider:
        yield provider


@pytest.fixture
def provider(server: OidcProvider) -> OidcProvider:
    """It behaves, and its clock is that of the house."""
    server.claims = {"sub": "7", "preferred_username": "Ada"}
    server.described, server.signed_by, server.forged, server.algorithm = {}, None, None, "ES256"
    server.codes.clear()
    server.asked.clear()
    return server


@asynccontextmanager
async def house_of(url: str, provider: OidcProvider, **settings: Any) -> AsyncIterator[House]:
    """A service that relies on the provider."""
    secret = Path(url.removeprefix("sqlite:///")).with_name("secret")
    secret.write_text(SECRET)
    chosen = OidcSettings(provider.issuer, CLIENT, str(secret), **settings)
    provider.clock = Hand()
    async with open_house(url, oidc=chosen, clock=provider.clock) as house:
        yield house


async def come_back(house: House, browser: httpx.AsyncClient, back: str = "/console/look") -> str:
    """Go to the provider; where it sends the browser then."""
    start = await browser.get("/oidc/start", params={"next": back})
    assert start.status_code == 303, start.text
    async with httpx.AsyncClient(trust_env=False) as outside:
        returned = await outside.get(start.headers["location"])
    assert returned.status_code == 303, returned.text
    target: str = returned.headers["location"]
    assert target.startswith(f"{house.parts.site.origin}/oidc/callback?")
    return target


def linked(house: House, role: Any = "analyst") -> str:
    """Somebody whom the provider knows as 7."""
    person = house.people.add("Ada", role, "test", house.clock.at)
    issuer = house.parts.provider.settings.issuer if house.parts.provider else ""
    house.people.link(person.user_id, issuer, "7", "test", house.clock.at)
    return person.user_id


def test_a_person_signs_in_by_the_provider(url: str, provider: OidcProvider) -> None:
    """And goes on to where the page was that asked."""

    async def main() -> None:
        async with house_of(url, provider, label="Example ID") as house:
            linked(house)
            browser = house.browser()
            assert "Sign in with Example ID" in (await browser.get("/login")).text
            reply = await browser.get(await come_back(house, browser))
            assert (reply.status_code, reply.headers["location"]) == (303, "/console/look")
            assert list(browser.cookies) == ["__Host-stillwatch"]
            assert (await browser.get("/console/look")).json()["name"] == "Ada"

    asyncio.run(main())


def test_an_answer_counts_once_and_for_the_browser_that_asked(url: str, provider: OidcProvider) -> None:
    """Not another's, not again, not with another state, and not from another issuer."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            linked(house)
            browser, other = house.browser(), house.browser()
            target = await come_back(house, browser)
            for asking, address in (
                (other, target),
                (browser, target.replace("state=", "state=x")),
                (browser, "/oidc/callback"),
            ):
                reply = await asking.get(address)
                assert (reply.status_code, "begun elsewhere" in reply.text) == (400, True)
                assert "__Host-stillwatch" not in asking.cookies
            again = await come_back(house, browser)
            wrong = await browser.get(again.partition("iss=")[0] + "iss=https%3A%2F%2Fevil.test")
            assert wrong.status_code == 400
            used = await come_back(house, browser)
            kept = dict(browser.cookies)
            assert (await browser.get(used)).status_code == 303
            replaying = house.browser()
            replaying.cookies.update(kept)
            assert (await replaying.get(used)).status_code == 502

    asyncio.run(main())


WRONG: Final[tuple[dict[str, Any], ...]] = (
    {"iss": "https://evil.test"},
    {"aud": "another client"},
    {"aud": ["another client"]},
    {"aud": [CLIENT, "another client"], "azp": "another client"},
    {"exp": 1_700_000_000},
    {"exp": None},
    {"iat": None},
    {"nonce": "another"},
    {"nonce": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "a\0b"},
    {"sub": "x" * 256},
    {"exp": "soon"},
)
"""claims, each of which is reason enough to refuse"""


def test_a_token_that_is_not_for_us_now_lets_nobody_in(url: str, provider: OidcProvider) -> None:
    """Issuer, audience, time, nonce and subject are looked at, and the log says that it was the token."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            linked(house)
            browser, good = house.browser(), provider.claims
            for number, wrong in enumerate(WRONG, 1):
                provider.claims = good | wrong
                reply = await browser.get(await come_back(house, browser))
                assert reply.status_code == 502, wrong
                assert not browser.cookies
                assert house.said.getvalue().count("OidcError: id_token") == number, wrong
            provider.claims = good
            for token in ("", "no.token", "a.b.c", "e30.e30.e30", "e30.e30."):
                provider.forged = token
                reply = await browser.get(await come_back(house, browser))
                assert reply.status_code == 502, token
            provider.forged = None
            assert (await browser.get(await come_back(house, browser))).status_code == 303

    asyncio.run(main())


def test_a_token_of_another_key_or_algorithm_lets_nobody_in(url: str, provider: OidcProvider) -> None:
    """Not even under the secret that we share with the provider."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            linked(house)
            browser = house.browser()
            provider.signed_by = new_key("first")
            assert (await browser.get(await come_back(house, browser))).status_code == 502
            provider.signed_by, provider.algorithm = shared_key(), "HS256"
            assert (await browser.get(await come_back(house, browser))).status_code == 502

    asyncio.run(main())


def test_keys_are_kept_and_a_new_one_is_found(url: str, provider: OidcProvider) -> None:
    """At once when the provider changes it, but not at each attempt with one that nobody has."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            linked(house)
            browser, old = house.browser(), provider.key

            async def attempt() -> int:
                return (await browser.get(await come_back(house, browser))).status_code

            assert [await attempt(), await attempt()] == [303, 303]
            assert (provider.asked["description"], provider.asked["keys"]) == (1, 1)
            provider.key = new_key("second")
            house.clock.at += 61_000
            assert await attempt() == 303
            provider.signed_by, provider.key = old, old
            assert [await attempt() for _ in range(3)] == [502] * 3
            assert provider.asked["keys"] == 2
            house.clock.at += 3_601_000
            provider.signed_by = None
            assert await attempt() == 303
            assert (provider.asked["description"], provider.asked["keys"]) == (2, 3)

    asyncio.run(main())


def test_whom_nobody_linked_stays_out(url: str, provider: OidcProvider) -> None:
    """A name of the provider's is no proof: it might be the name of somebody here."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            await house.person("Ada", "admin")
            browser = house.browser()
            reply = await browser.get(await come_back(house, browser))
            assert reply.status_code == 403
            assert "nobody is linked to the identity 7" in reply.text
            assert not browser.cookies

    asyncio.run(main())


def test_groups_give_roles(url: str, provider: OidcProvider) -> None:
    """The highest counts, at each sign-in; who has none any more is out, and the last administrator stays."""

    async def main() -> None:
        roles: dict[str, Any] = {"staff": "viewer", "soc": "analyst", "leads": "admin"}
        async with house_of(url, provider, roles=roles, provision=True) as house:
            browser = house.browser()

            async def with_groups(*groups: Any) -> httpx.Response:
                provider.claims["groups"] = list(groups)
                return await browser.get(await come_back(house, browser))

            assert "none of your groups" in (await with_groups("others")).text
            assert house.people.people() == []
            assert (await with_groups("staff", "soc", 7)).status_code == 303
            ada = house.people.named("ada")
            assert ada is not None
            assert (ada.role, ada.identity, ada.has_password) == ("analyst", "7", False)
            assert (await with_groups("leads")).status_code == 303
            assert [one.role for one in house.people.people()] == ["admin"]
            refused = await with_groups("soc")
            assert (refused.status_code, "last administrator" in refused.text) == (403, True)
            await house.person("Bob", "admin")
            assert (await with_groups("soc")).status_code == 303
            assert (await with_groups()).status_code == 403
            provider.claims["groups"] = {"soc": True}
            assert (await browser.get(await come_back(house, browser))).status_code == 403

    asyncio.run(main())


def test_a_name_that_is_taken_is_not_taken_over(url: str, provider: OidcProvider) -> None:
    """Nobody becomes somebody else by choosing a name at the provider."""

    async def main() -> None:
        async with house_of(url, provider, roles={"soc": "analyst"}, provision=True) as house:
            await house.person("ada", "admin")
            provider.claims["groups"] = "soc"
            browser = house.browser()
            reply = await browser.get(await come_back(house, browser))
            assert (reply.status_code, "is taken" in reply.text) == (403, True)
            assert len(house.people.people()) == 1

    asyncio.run(main())


def test_who_is_disabled_here_stays_out(url: str, provider: OidcProvider) -> None:
    """Whatever the provider says."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            house.people.disable(linked(house), "test", house.clock.at)
            browser = house.browser()
            reply = await browser.get(await come_back(house, browser))
            assert (reply.status_code, "disabled" in reply.text) == (403, True)

    asyncio.run(main())


def test_a_description_that_is_not_the_providers_is_refused(url: str, provider: OidcProvider) -> None:
    """Another issuer, a way that others could listen on, or nonsense; people are told to try by password."""

    async def main() -> None:
        async with house_of(url, provider) as house:
            browser = house.browser()
            for described in (
                {"issuer": "https://evil.test"},
                {"token_endpoint": "http://evil.test/token"},
                {"jwks_uri": 7},
            ):
                provider.described = described
                reply = await browser.get("/oidc/start")
                assert reply.status_code == 502
                assert "does not work just now" in reply.text
            provider.described = {"jwks_uri": "http://127.0.0.1:9/keys"}
            assert (await browser.get(await come_back(house, browser))).status_code == 502

    asyncio.run(main())


def test_a_provider_that_is_away_is_said(url: str) -> None:
    """The password form is still there."""

    async def main() -> None:
        settings = OidcSettings(issuer="http://127.0.0.1:9", client_id=CLIENT)
        async with open_house(url, oidc=settings) as house:
            reply = await house.browser().get("/oidc/start")
            assert reply.status_code == 502
            assert 'action="/login"' in reply.text
            assert "ConnectError; see that it is reachable" in house.said.getvalue()

    asyncio.run(main())


def test_a_flow_is_read_back_as_it_was() -> None:
    """State, nonce and verifier differ, and what is no flow is none."""
    flow = new_flow("/console/queue?x=1", lambda size: bytes(range(size)))
    assert read_flow(flow.cookie()) == flow
    assert len({flow.state, flow.nonce, flow.verifier, flow.challenge}) == 4
    for cookie in ("", "x", ".", f"{flow.secret}.a", f"{flow.secret}.\u00e9", f"{flow.secret}x.{flow.back}"):
        assert read_flow(cookie) is None
