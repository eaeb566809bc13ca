from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import schemathesis
from playwright.sync_api import expect

from detector.registry.keys import KEY_VARIABLE, write_key
from tests.browser.axe import check
from tests.detector.console.office import alert
from tests.detector.registry.shelves import SECOND, THIRD, Shelf, signer
from tests.support.case_store import add_findings
from tests.support.chromium import watched
from tests.support.console import console_over
from tests.support.exported import account_dossier
from tests.support.openapi import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.support.console import Console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Console]:
    """With a champion, a version that passed the gate and one that did not, and the registry's key."""
    folder = tmp_path_factory.mktemp("models")
    shelf = Shelf.of(folder)
    shelf.add(SECOND)
    shelf.add(THIRD, passed=False)
    write_key(folder / "models.pem", signer().key)
    shutil.copy(sqlite_template, folder / "store.db")
    environ = {KEY_VARIABLE: str(folder / "models.pem")}
    with console_over(f"sqlite:///{folder / 'store.db'}", shelf.folder, environ) as served:
        add_findings(served.store_url, [alert("acc-1")], [account_dossier()])
        served.person("Ada", "admin")
        yield served


@pytest.mark.parametrize("scripts", [True, False])
def test_a_version_is_promoted_and_taken_back(console: Console, browser: Browser, scripts: bool) -> None:  # noqa: FBT001 - a parameter
    """From the list to the version, with a reason and its name typed; the same without scripts."""
    with watched(browser, storage_state=console.session("Ada"), java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/console/queue")
        page.get_by_role("link", name="Models").click()
        page.get_by_role("link", name="v2", exact=True).first.click()
        page.get_by_label("Why", exact=True).fill("finds the March family")
        page.get_by_label("Type v2 to confirm").fill("v1")
        page.get_by_role("button", name="Promote v2").click()
        expect(page.get_by_text("confirm is not the version's name")).to_be_visible()
        page.goto(f"{console.origin}/console/models/v2")
        page.get_by_label("Why", exact=True).fill("finds the March family")
        page.get_by_label("Type v2 to confirm").fill("v2")
        page.get_by_role("button", name="Promote v2").click()
        expect(page.locator(".toast")).to_contain_text("v2 is champion")
        page.get_by_role("link", name="v2", exact=True).first.click()
        page.get_by_label("Why", exact=True).fill("too many alerts")
        page.get_by_label("Type v1 to confirm").fill("v1")
        page.get_by_role("button", name="Roll back to v1").click()
        expect(page.locator(".toast")).to_contain_text("v1 is champion again")


@pytest.mark.parametrize("path", ["models", "models/v1", "models/v2", "models/v3"])
def test_pages_of_models_keep_nobody_out(console: Console, browser: Browser, path: str) -> None:
    """No serious finding of axe, light or dark, narrow or wide."""
    with watched(browser, storage_state=console.session("Ada")) as context:
        page = context.new_page()
        page.goto(f"{console.origin}/console/{path}")
        for summary in page.locator("main details > summary").all():
            summary.click()
        check(page)


@pytest.mark.parametrize("path", ["", "/{version}", "/{version}/card", "/{version}/changes"])
def test_answers_are_as_the_document_says(console: Console, path: str) -> None:
    """Of versions that are there, which nobody makes up."""
    document = schemathesis.openapi.from_url(f"{console.origin}/openapi.json")
    asked = document[f"/v1/models{path}"]["GET"].Case(path_parameters={"version": "v2"} if path else {})
    cookies = {one["name"]: one["value"] for one in console.session("Ada")["cookies"]}
    reply = asked.call_and_validate(cookies=cookies, checks=CHECKS)
    assert reply.status_code == 200
