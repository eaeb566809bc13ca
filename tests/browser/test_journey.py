from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
import stix2
from playwright.sync_api import expect

from detector.defaults import DEFAULT_MODEL
from detector.demo.sample import recent_sample
from detector.hook.commands import Commands
from detector.registry.disagreement import disagreements
from detector.store.opening import open_database, open_store
from tests.support.chromium import watched
from tests.support.console import PASSWORD, eventually
from tests.support.console_process import console_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.console import Console

FOUND = 4
"""cases that the sample's events lead to"""
AT_ONCE = 1.0
"""seconds"""


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A service that enforces and has read the sample as if it ended just now."""
    challenger = ("--challenger", str(DEFAULT_MODEL))
    with console_process(tmp_path_factory.mktemp("journey"), *challenger) as served:
        events = b"\n".join(recent_sample(served.now()).lines)
        place, sent = f"{served.origin}/v1/events", served.sender()
        taken = httpx.post(place, content=events, headers=sent, timeout=30).json()
        assert taken["accepted"] > 3000, taken
        with closing(open_store(served.store_url)) as store:
            commands = Commands(store, "test", served.now, token_bytes)
            commands.set_mode("enforce", "a test", accepted="a test")
        yield served


def test_from_a_link_to_an_export(streaming: Console, browser: Browser) -> None:
    """One signs in, finds a campaign, judges it, allows it, which the hook heeds at once, and exports it."""
    with watched(browser) as context:
        page = context.new_page()
        page.goto(streaming.link("Ada"))
        sign_in(page)
        page.goto(f"{streaming.origin}/console/queue")
        eventually(lambda: cases_shown(page) >= FOUND)
        page.locator("[data-row] .subject a").first.click()
        campaign_id = page.locator("h1 code").inner_text()
        expect(page.locator(".sentence")).to_contain_text("accounts")
        expect(page.locator("#case dl")).to_contain_text("Ada")
        account_id = page.locator("#members [data-row] a").first.inner_text()
        asked = Asked(streaming.origin, streaming.key("decide"), account_id)
        assert eventually(asked.enforced) != "allow"
        judge(page)
        allow(page, asked)
        for name, check in (("OCSF", is_finding), ("STIX", is_bundle)):
            with page.expect_download() as saved:
                page.get_by_role("link", name=name, exact=True).click()
            check(Path(saved.value.path()).read_bytes(), campaign_id)


def test_a_challenger_is_scored_beside(streaming: Console) -> None:
    """The model against itself: both alert of the same accounts."""
    with closing(open_database(streaming.store_url)) as database:
        found = eventually(lambda: disagreements(database, 14))
    assert sum(one.both for one in found) > 0
    assert sum(one.champion + one.challenger for one in found) == 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gateway is told about an account."""

    origin: str
    key: str
    account_id: str

    def enforced(self) -> str:
        """Now; nothing as long as the key is not known."""
        sent, facts = {"X-Stillwatch-Key": self.key}, {"account_id": self.account_id}
        reply = httpx.post(f"{self.origin}/v1/decide", json=facts, headers=sent)
        return reply.json()["enforced"] if reply.is_success else ""


def sign_in(page: Page) -> None:
    """By choosing a password."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def cases_shown(page: Page) -> int:
    """Once whoever waits has loaded what is new."""
    page.reload()
    return page.locator("[data-row]").count()


def judge(page: Page) -> None:
    """Close the case by a verdict."""
    page.get_by_role("button", name="true positive impact").click()
    expect(page.locator(".toast")).to_contain_text("Closed as true positive impact")
    expect(page.locator("#case dl")).to_contain_text("by Ada")


def allow(page: Page, asked: Asked) -> None:
    """Allow the whole campaign, and ask the hook until it does; its case stays closed."""
    page.get_by_text("Allow or snooze", exact=True).click()
    page.get_by_label("Allow", exact=True).check()
    page.locator("select[name=subject]").select_option(index=0)
    page.locator("select[name=days]").select_option("")
    page.locator("#case details textarea[name=why]").fill("a partner's study, until it ends")
    with page.expect_response(lambda one: one.url.endswith("/console/exceptions")):
        page.get_by_role("button", name="Set", exact=True).click()
    since = time.monotonic()
    eventually(lambda: asked.enforced() == "allow")
    assert time.monotonic() - since < AT_ONCE
    expect(page.locator("#case")).to_contain_text("a partner's study")
    expect(page.locator("#case dl")).to_contain_text("closed")


def is_finding(body: bytes, campaign_id: str) -> None:
    """OCSF Detection Finding; the exports' own tests hold it to the schema."""
    found: Any = msgspec.json.decode(body)
    assert found["class_uid"] == 2004
    assert campaign_id.encode() in body


def is_bundle(body: bytes, campaign_id: str) -> None:
    """STIX 2.1."""
    bundle = stix2.parse(body, allow_custom=True)
    assert bundle.type == "bundle"
    assert campaign_id.encode() in body
