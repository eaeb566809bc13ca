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

    from playwright.sync_api import Browser, Page, Route, StorageState

    from tests.support.console import Console

OF_CASES = 7


@pytest.fixture(scope="module")
def ada(console: Console) -> StorageState:
    """Somebody who is signed in, with cases to work on."""
    add_findings(console.store_url, [alert(f"acc-{at}", score=0.99 - at / 100) for at in range(OF_CASES)])
    console.person("Ada")
    return console.session("Ada")


@pytest.fixture
def page(browser: Browser, console: Console, ada: StorageState) -> Iterator[Page]:
    """The queue. Nobody has a mouse here."""
    with watched(browser, storage_state=ada) as context:
        opened = context.new_page()
        opened.goto(f"{console.origin}/console/queue")
        yield opened


def press(page: Page, *keys: str) -> None:
    """One after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_rows_are_gone_through_and_selected(page: Page) -> None:
    """Keys j and k move one row and stop at the ends; x selects and unselects, and tells how many."""
    here = page.locator("tr.here .subject a")
    press(page, "j")
    expect(here).to_be_focused()
    first = here.text_content()
    press(page, "j", "x", "j", "x")
    expect(page.locator("[data-chosen]")).to_have_text("2")
    press(page, "x")
    expect(page.locator("[data-chosen]")).to_have_text("1")
    press(page, *["k"] * OF_CASES)
    assert here.text_content() == first


def test_a_case_is_taken_unfolded_judged_and_taken_back(page: Page) -> None:
    """Key a assigns, e unfolds and folds, 1 to 6 judge the row that is meant, z takes it back."""
    press(page, "j", "j", "a")
    row = page.locator("tr.here")
    expect(row.locator("small", has_text="(you)")).to_be_visible()
    press(page, "e")
    brief = page.locator("tr[data-brief]")
    expect(brief.locator("[data-key='4']")).to_be_visible()
    press(page, "e")
    expect(brief).to_have_count(0)
    press(page, "4")
    expect(row.locator(".status")).to_contain_text("closed")
    expect(row.locator(".status")).to_contain_text("false positive")
    expect(row.locator(".subject a")).to_be_focused()
    press(page, "z")
    expect(page.locator(".toast")).to_contain_text("Took back 1 change")
    expect(page.locator("[data-row]")).to_have_count(OF_CASES)


def test_a_row_is_unfolded_and_taken_in_one_breath(page: Page) -> None:
    """Who presses e and a faster than the service answers gets both: the brief, and the case."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/brief", hold)
    press(page, "j", "j", "j")
    with page.expect_request("**/brief"):
        press(page, "e")
    press(page, "a")
    # Time enough for the row to be replaced below the brief that it waits for.
    page.wait_for_timeout(500)
    asked[0].continue_()
    expect(page.locator("tr.here small", has_text="(you)")).to_be_visible()
    expect(page.locator("tr.here + tr[data-brief]")).to_be_visible()


def test_a_verdict_waits_until_the_case_is_taken_up(page: Page) -> None:
    """Who is quicker than the page meets no conflict with the change that opening the case is."""
    opening: list[Route] = []

    def hold(route: Route) -> None:
        opening.append(route)

    page.route("**/open", hold)
    page.locator("[data-row]", has_text="new").last.locator(".subject a").click()
    page.wait_for_url(re.compile("/console/accounts/"))
    press(page, "6")
    expect(page.locator(".toast")).to_have_count(0)
    opening[0].continue_()
    expect(page.locator(".toast")).to_contain_text("Closed as undetermined")


@pytest.mark.parametrize(("key", "verdict"), [("1", "true positive impact"), ("6", "undetermined")])
def test_keys_judge_on_the_case_s_own_page(page: Page, key: str, verdict: str) -> None:
    """Enter opens the row that is meant; a verdict there closes the case, and its undo opens it again."""
    press(page, "j", "j", "j", "Enter")
    page.wait_for_url(re.compile("/console/accounts/"))
    expect(page.locator("#case dl")).to_contain_text("Ada")
    press(page, key)
    expect(page.locator(".toast")).to_contain_text(f"Closed as {verdict}")
    expect(page.locator("#case dl")).to_contain_text("closed")
    press(page, "z")
    expect(page.locator(".toast")).to_contain_text("Took back 1 change")


def test_search_help_and_other_pages(page: Page) -> None:
    """Key / searches, Escape leaves the field, ? tells the keys, g goes elsewhere; typing is no command."""
    press(page, "/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("xj?")
    expect(page.locator("#search")).to_have_value("xj?")
    expect(page.locator("tr.here")).to_have_count(0)
    press(page, "Escape", "?")
    expect(page.locator("dialog#keys")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    press(page, "/")
    page.keyboard.press("Control+a")
    page.keyboard.type("acc-3")
    press(page, "Enter")
    page.wait_for_url(re.compile("/console/accounts/acc-3"))
    press(page, "g", "o")
    page.wait_for_url(re.compile("/console$"))
    press(page, "g", "q")
    page.wait_for_url(re.compile("/console/queue$"))


def test_many_are_judged_by_keys_alone(page: Page) -> None:
    """Key x selects, Tab reaches the bar, and the preview is confirmed and taken back without a mouse."""
    press(page, "j", "x", "j", "x")
    page.locator("select[name=deed]").focus()
    page.keyboard.type("Close as dup")
    press(page, "Tab", "Tab")
    page.keyboard.type("the same again")
    press(page, "Tab", "Enter")
    page.wait_for_url(re.compile("/console/bulk/preview"))
    expect(page.locator("main")).to_contain_text("2")
    page.get_by_role("button", name=re.compile("case")).press("Enter")
    expect(page.locator(".toast")).to_contain_text("2 cases changed.")
    press(page, "z")
    expect(page.locator(".toast")).to_contain_text("Took back 2 changes")


def test_first_stop_is_the_way_past_the_navigation(page: Page) -> None:
    """Tab first offers to skip to the content, and every stop of the page is visible."""
    press(page, "Tab")
    expect(page.locator(".skip")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(30):
        press(page, "Tab")
        stop = page.locator(":focus").bounding_box()
        assert stop is not None
        assert stop["width"] * stop["height"] > 0
