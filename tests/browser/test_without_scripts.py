from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.chromium import watched
from tests.support.console import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.console import Console


def test_a_case_is_found_and_closed_without_scripts(console: Console, browser: Browser) -> None:
    """Signing in, filters, a verdict, its undo and signing out need links and forms alone."""
    add_findings(console.store_url, [alert("acc-1"), alert("cmp_1", "campaign"), alert("acc-2")])
    console.person("Ada")
    with watched(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/console/queue?kind=account")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("[data-row]")).to_have_count(2)
        page.get_by_label("Subject begins with").fill("acc-2")
        page.get_by_role("button", name="Filter", exact=True).click()
        expect(page.locator("[data-row]")).to_have_count(1)
        page.locator("[data-row] .subject a").click()
        page.get_by_role("button", name="benign positive").click()
        expect(page.locator(".toast")).to_contain_text("Closed as benign positive")
        expect(page.locator("#case dl")).to_contain_text("closed")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#case dl")).to_contain_text("new")
        page.locator(".top .menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
