from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect

from tests.detector.console.hostile import BAD, hostile_account, hostile_campaign
from tests.detector.console.office import alert, grown, traffic
from tests.support.case_store import add_findings
from tests.support.chromium import watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support.console import Console

NAMED = quote(BAD, safe="")
SHORT = BAD[:60]
PATHS = (
    "/console",
    "/console/queue?queue=any",
    f"/console/queue?subject={NAMED}",
    f"/console/queue?severity={NAMED}",
    f"/console/campaigns/{NAMED}",
    f"/console/accounts/{NAMED}",
    f"/console/objects/head%3A{NAMED}",
    f"/console/search?q={NAMED}",
    f"/console/no{NAMED}",
    f"/login?next={NAMED}",
    "/console/audit",
    "/console/settings",
)


@pytest.fixture(scope="module")
def hostile(console: Console) -> Console:
    """Everything that a log, an upstream service or a colleague can write is hostile."""
    findings = [alert(BAD, "campaign", label=BAD), alert(BAD, label=BAD)]
    add_findings(
        console.store_url,
        findings,
        [hostile_campaign(BAD), hostile_account(BAD)],
        measurements=[*grown("campaign", BAD), *grown("account", BAD)],
        series=traffic(),
    )
    console.person("Ada", "admin")
    return console


def test_no_logged_value_is_more_than_text(hostile: Console, browser: Browser) -> None:
    """Pages show it as it was written: no dialog, script, request elsewhere or breach of the policy."""
    with watched(browser, storage_state=hostile.session("Ada")) as context:
        asked = elsewhere(context, hostile.origin)
        page = context.new_page()
        say_everything(page, hostile.origin)
        for path in PATHS:
            page.goto(hostile.origin + path)
            assert page.locator("main, body").first.is_visible()
            assert (
                page.evaluate("() => document.querySelectorAll('img, iframe, script:not([src])').length") == 0
            )
        page.goto(f"{hostile.origin}/console/queue?queue=any")
        expect(page.locator("[data-row]").first).to_contain_text(BAD[:30])
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(page.locator("tr[data-brief]")).to_contain_text(BAD)
        assert asked == []


def say_everything(page: Page, origin: str) -> None:
    """A tag, a comment, a snooze, a view: what colleagues write."""
    page.goto(f"{origin}/console/campaigns/{NAMED}")
    expect(page.locator("#case dl")).to_contain_text("Ada")
    page.get_by_label("New tag").fill(SHORT)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Comment").fill(BAD)
    page.get_by_role("button", name="Add the comment").click()
    page.get_by_text("Allow or snooze", exact=True).click()
    page.locator("#case details textarea[name=why]").fill(BAD)
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#case")).to_contain_text("Take back")
    page.goto(f"{origin}/console/queue?tag={quote(SHORT)}")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Save these filters as").fill(SHORT)
    page.get_by_role("button", name="Save", exact=True).click()


def elsewhere(context: BrowserContext, origin: str) -> list[str]:
    """Addresses that pages ask for and that are not ours, as they come."""
    asked: list[str] = []
    context.on("request", lambda one: None if one.url.startswith(origin) else asked.append(one.url))
    return asked


def test_the_api_s_errors_are_no_pages(hostile: Console) -> None:
    """What was sent comes back as JSON, if at all, and a browser may not take it for anything else."""
    for path in (f"/v1/cases/{NAMED}", f"/v1/cases?severity={NAMED}", f"/v1/campaigns/{NAMED}"):
        reply = httpx.get(hostile.origin + path, cookies=cookies(hostile))
        assert "json" in reply.headers["content-type"], path


def cookies(console: Console) -> dict[str, str]:
    """Of a new session."""
    return {one["name"]: one["value"] for one in console.session("Ada")["cookies"]}
