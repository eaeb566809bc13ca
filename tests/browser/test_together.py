from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.chromium import watched
from tests.support.console import Console, console_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

    from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def shared(postgres_server: Postgres) -> Iterator[Console]:
    """A service on PostgreSQL, for Ada and Bob."""
    url = postgres_server.create_database()
    with console_over(url) as served:
        served.person("Ada")
        served.person("Bob")
        yield served


def test_who_comes_second_is_told_and_nothing_is_lost(shared: Console, browser: Browser) -> None:
    """Both see one case; the later verdict is refused and shows the earlier one; comments of both stay."""
    add_findings(shared.store_url, [alert("acc-1")])
    with ExitStack() as stack:
        ada, bob = (opened(stack, shared, browser, name) for name in ("Ada", "Bob"))
        for page in (ada, bob):
            page.goto(f"{shared.origin}/console/accounts/acc-1")
            expect(page.locator("#case dl")).to_contain_text("Ada")
        ada.get_by_role("button", name="duplicate").click()
        expect(ada.locator(".toast")).to_contain_text("Closed as duplicate")
        bob.get_by_role("button", name="false positive").click()
        expect(bob.get_by_role("alert")).to_contain_text("Nothing was changed")
        bob.get_by_role("link", name="Back", exact=True).click()
        expect(bob.locator("#case dl")).to_contain_text("duplicate by Ada")
        for page, said in ((ada, "the same as last week"), (bob, "I had thought otherwise")):
            page.get_by_label("Comment").fill(said)
            page.get_by_role("button", name="Add the comment").click()
        expect(bob.locator("#case")).to_contain_text("the same as last week")
        expect(bob.locator("#case")).to_contain_text("I had thought otherwise")


def test_a_list_that_is_behind_does_not_judge(shared: Console, browser: Browser) -> None:
    """A verdict by key on a row that somebody else has closed changes nothing, and says so."""
    add_findings(shared.store_url, [alert("acc-2")])
    with ExitStack() as stack:
        ada, bob = (opened(stack, shared, browser, name) for name in ("Ada", "Bob"))
        for page in (ada, bob):
            page.clock.install()
            page.goto(f"{shared.origin}/console/queue?subject=acc-2")
            page.keyboard.press("j")
        ada.keyboard.press("5")
        expect(ada.locator("[data-row] .status")).to_contain_text("duplicate")
        bob.keyboard.press("4")
        expect(bob.locator(".toast")).to_contain_text("Not done")
        expect(bob.locator("[data-row] .status")).to_have_text("new")
        bob.reload()
        expect(bob.get_by_text("No case in")).to_be_visible()


def test_new_cases_wait_behind_a_bar_and_known_ones_change_in_place(
    shared: Console, browser: Browser
) -> None:
    """Rows do not move under somebody's hand: a colleague's tag appears, what is new is announced."""
    add_findings(shared.store_url, [alert("acc-3")])
    with ExitStack() as stack:
        ada, bob = (opened(stack, shared, browser, name) for name in ("Ada", "Bob"))
        bob.clock.install()
        bob.goto(f"{shared.origin}/console/queue")
        before = bob.locator("[data-row]").count()
        ada.goto(f"{shared.origin}/console/accounts/acc-3")
        expect(ada.locator("#case dl")).to_contain_text("Ada")
        ada.get_by_label("New tag").fill("vip")
        ada.get_by_role("button", name="Add", exact=True).click()
        expect(ada.locator(".toast")).to_be_visible()
        add_findings(shared.store_url, [alert("acc-4")])
        bob.clock.run_for(6_000)
        expect(bob.get_by_text("1 new: show it")).to_be_visible()
        expect(bob.locator("[data-row]", has_text="acc-3")).to_contain_text("vip")
        expect(bob.locator("[data-row]")).to_have_count(before)
        bob.keyboard.press("n")
        expect(bob.locator("[data-row]", has_text="acc-4")).to_be_visible()


def test_taking_a_case_up_loses_nothing_that_is_being_written(shared: Console, browser: Browser) -> None:
    """Whoever writes before the page has taken the case up keeps the words, and may judge at once."""
    add_findings(shared.store_url, [alert("acc-5")])
    held: list[Route] = []
    with ExitStack() as stack:
        ada = opened(stack, shared, browser, "Ada")
        ada.route("**/open", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
        with ada.expect_request("**/open"):
            ada.goto(f"{shared.origin}/console/accounts/acc-5")
        ada.get_by_label("Comment").fill("half a thought")
        held[0].continue_()
        expect(ada.locator("#case dl")).to_contain_text("Ada")
        expect(ada.get_by_label("Comment")).to_have_value("half a thought")
        ada.get_by_role("button", name="duplicate").click()
        expect(ada.locator(".toast")).to_contain_text("Closed as duplicate")


def opened(stack: ExitStack, console: Console, browser: Browser, name: str) -> Page:
    """A page of somebody's own browser."""
    return stack.enter_context(watched(browser, storage_state=console.session(name))).new_page()
