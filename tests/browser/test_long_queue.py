from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.chromium import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.console import Console

CASES = 1200
A_PAGE = 50


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    """The queue of somebody who may change many cases at once."""
    found = [alert(f"acc-{at:04}", score=0.5 + at % 50 / 100) for at in range(CASES)]
    add_findings(console.store_url, found)
    console.person("Sue", "senior")
    with watched(browser, storage_state=console.session("Sue")) as context:
        opened = context.new_page()
        opened.goto(f"{console.origin}/console/queue")
        yield opened


def test_a_long_queue_is_read_in_pages_and_changed_at_once(page: Page) -> None:
    """More is fetched below, each case once; what matches is previewed, closed as a whole, and taken back."""
    expect(page.locator(".tabs [aria-current]")).to_have_text("open 1,000+")
    expect(page.locator("[data-row]")).to_have_count(A_PAGE)
    for shown in (2 * A_PAGE, 3 * A_PAGE):
        page.get_by_role("link", name="Show more").click()
        expect(page.locator("[data-row]")).to_have_count(shown)
    ids = page.eval_on_selector_all("[data-row]", "rows => rows.map(row => row.id)")
    assert len(set(ids)) == len(ids)
    page.get_by_label("Select all that are shown").check()
    page.get_by_label("All that match the filters").check()
    page.locator("select[name=deed]").select_option("verdict:duplicate")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("1,200 cases")
    page.get_by_role("button", name=re.compile("Change 1,200")).click()
    expect(page.locator("main")).to_contain_text("Done.")
    expect(page.locator("main")).to_contain_text("1,200 changed.")
    page.get_by_role("link", name="Back to the queue").click()
    expect(page.get_by_text("Nothing is open.")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Took back 1200 changes")
    expect(page.locator("[data-row]")).to_have_count(A_PAGE)
