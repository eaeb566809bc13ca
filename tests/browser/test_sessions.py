from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from detector.people.guard import COOKIE
from detector.people.headers import POLICY
from tests.detector.console.office import alert
from tests.support.case_store import add_findings
from tests.support.chromium import watched
from tests.support.console import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, StorageState

    from tests.support.console import Console


@pytest.fixture(scope="module")
def ada(console: Console) -> StorageState:
    """Somebody who is signed in."""
    console.person("Ada")
    return console.session("Ada")


@pytest.fixture
def program(console: Console, ada: StorageState) -> Iterator[httpx.Client]:
    """A program that has got hold of the cookie, and no page of ours."""
    kept = {one["name"]: one["value"] for one in ada["cookies"]}
    with httpx.Client(base_url=console.origin, cookies=kept) as client:
        yield client


def test_scripts_do_not_see_the_session(console: Console, browser: Browser) -> None:
    """The cookie is for requests alone, goes to no other site, and ends with the browser."""
    link = console.link("Eve")
    with watched(browser) as context:
        page = context.new_page()
        page.goto(link)
        page.get_by_label("Password").fill("three old kettles sing")
        page.get_by_label("The same once more").fill("three old kettles sing")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        [cookie] = [one for one in context.cookies() if one["name"] == COOKIE]
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
        assert COOKIE not in page.evaluate("document.cookie")
        page.goto(link)
        expect(page.get_by_role("button", name="Set the password")).to_have_count(0)


def test_signing_out_ends_the_session_everywhere(console: Console, browser: Browser) -> None:
    """A cookie that was copied before is worth nothing afterwards, and Back shows nothing."""
    console.person("Bob")
    session = console.session("Bob")
    with watched(browser, storage_state=session) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/console/queue")
        page.locator(".top .menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    with watched(browser, storage_state=session) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/console/queue")
        expect(page).to_have_url(re.compile("/login"))


def test_another_site_can_change_nothing(console: Console, program: httpx.Client) -> None:
    """Without the session's token, or with it from elsewhere, a change is refused and nothing happens."""
    [case_id] = add_findings(console.store_url, [alert("acc-1")])
    page = program.get("/console/help").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    form = {"version": "1", "verdict": "duplicate"}
    path = f"/console/cases/{case_id}/change"
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for sent, headers in ((form, {}), (form | {"csrf": "x"}, {}), (form | {"csrf": token[1]}, foreign)):
        assert program.post(path, data=sent, headers=headers).status_code == 403
    assert program.patch(f"/v1/cases/{case_id}", json={"status": "closed"}).status_code == 403
    assert program.get(f"/v1/cases/{case_id}").json()["status"] == "new"


def test_a_foreign_page_can_neither_frame_nor_read_us(console: Console, browser: Browser) -> None:
    """A page on another origin that frames the queue sees nothing in the frame."""
    console.person("Kim")
    context = browser.new_context(storage_state=console.session("Kim"))
    try:
        page = context.new_page()
        elsewhere = console.origin.replace(HOST, "localhost")
        lure = f"<iframe src='{console.origin}/console/queue'></iframe>"
        page.route(f"{elsewhere}/lure", lambda route: route.fulfill(body=lure, content_type="text/html"))
        page.goto(f"{elsewhere}/lure")
        page.wait_for_load_state("networkidle")
        assert all("Stillwatch" not in frame.content() for frame in page.frames)
    finally:
        context.close()


@pytest.mark.parametrize("path", ["/login", "/console/queue", "/console/none", "/setup/none", "/console"])
def test_every_page_carries_the_policy(program: httpx.Client, path: str) -> None:
    """Refusals, too; and nobody keeps a copy."""
    headers = program.get(path).headers
    assert (headers["content-security-policy"], headers["cache-control"]) == (POLICY, "no-store")
    assert headers["x-content-type-options"] == "nosniff"
