from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.axe import COLOURS, check, severe
from tests.detector.console.hostile import BAD, hostile_account, hostile_campaign
from tests.detector.console.office import alert, grown, traffic
from tests.support.case_store import add_findings
from tests.support.chromium import watched
from tests.support.exported import account_dossier, campaign_dossier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, StorageState

    from tests.support.console import Console

PATHS = (
    "/console",
    "/console/queue",
    "/console/queue?queue=snoozed",
    "/console/queue?tag=none",
    "/console/campaigns/cmp_1",
    "/console/accounts/acc-1",
    f"/console/campaigns/{quote(BAD, safe='')}",
    f"/console/accounts/{quote(BAD, safe='')}",
    "/console/objects/payment%3A9f",
    "/console/audit",
    "/console/settings",
    "/console/help",
    "/console/cases/none",
)


@pytest.fixture(scope="module")
def admin(console: Console) -> StorageState:
    """Who sees every part of every page, of each kind one with plain and one with hostile text."""
    both = [("campaign", "cmp_1"), ("account", "acc-1"), ("campaign", BAD), ("account", BAD)]
    add_findings(
        console.store_url,
        [alert(subject, kind) for kind, subject in both],
        [campaign_dossier(), account_dossier(), hostile_campaign(BAD), hostile_account(BAD)],
        measurements=[one for kind, subject in both for one in grown(kind, subject)],
        series=traffic(),
    )
    console.person("Ada", "admin")
    return console.session("Ada")


@pytest.fixture
def page(browser: Browser, admin: StorageState) -> Iterator[Page]:
    """Of somebody who sees everything."""
    with watched(browser, storage_state=admin) as context:
        yield context.new_page()


@pytest.mark.parametrize("path", PATHS)
def test_pages_of_the_console(page: Page, console: Console, path: str) -> None:
    """No serious finding, light or dark, narrow or wide; nothing wider than the window."""
    page.goto(console.origin + path)
    for summary in page.locator("main details > summary").all():
        summary.click()
    check(page)


@pytest.mark.parametrize("path", ["/login", "/setup/spent", ""])
def test_pages_of_who_is_not_signed_in(browser: Browser, console: Console, path: str) -> None:
    """The same of the pages before the console; the last is that of a link that counts."""
    with watched(browser) as context:
        page = context.new_page()
        page.goto(console.origin + path if path else console.link("Eve"))
        check(page)


def test_parts_that_open(page: Page, console: Console) -> None:
    """The same of what unfolds over the queue: a row, the bar for many, the keys, menus, a message."""
    page.goto(f"{console.origin}/console/queue")
    for key in ("j", "x", "e", "a"):
        page.keyboard.press(key)
    page.locator(".toast").wait_for()
    page.locator(".top .menu summary").click()
    check(page)
    page.locator(".top .menu summary").click()
    page.locator(".top .menu summary").blur()
    page.keyboard.press("?")
    page.locator("dialog#keys").wait_for()
    check(page)


def test_a_choice_of_colours_stays(page: Page, console: Console) -> None:
    """Whoever chooses dark has it on each page, whatever the system prefers."""
    page.goto(f"{console.origin}/console/queue")
    page.locator(".top .menu summary").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_selector("html[data-theme=dark]")
    page.goto(f"{console.origin}/console")
    page.wait_for_selector("html[data-theme=dark]")
    assert severe(page, COLOURS) == []
