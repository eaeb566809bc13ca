from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
import yaml
from playwright.sync_api import expect

from tests.docs.written import ROOT, pages, prose
from tests.support.chromium import launched, watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAULTS: Final = """
[nowhere](nowhere.md) [no heading](design.md#no-heading) ![no picture](pictures/none.png)
![from elsewhere](https://example.com/one.png)
"""
WIDTHS: Final = (1280, 400)
SLOW: Final = 60_000.0
"""ms"""
WIDE_PAGES: Final = ("index.html", "controls.html", "gateways.html")
"""With tables and pictures."""


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the documentation of a copy of the repository, as `make site` does."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    command += ["--config-file", str(folder / "mkdocs.yml")]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where it is served, as by any web server that hands out files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    """Hands out files, and says nothing of it."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Nothing."""


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No page names a script, style, font or picture of another host."""
    loads = re.compile(r"<(?:script|img|iframe|source|link)[^>]*(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)")
    found = {one for page in site.rglob("*.html") for one in loads.findall(page.read_text(encoding="utf-8"))}
    assert found == set()


def test_a_reader_finds_words_and_asks_nobody_else(address: str) -> None:
    """In a browser: the search finds a page, pages fit their window, and all comes from our address."""
    asked: list[str] = []
    with launched() as browser, watched(browser) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        box = page.get_by_placeholder("Search").first
        box.click()
        # The index is loaded by a worker, and what is typed before that is not looked for.
        expect(page.get_by_text("Type to start searching")).to_be_visible(timeout=SLOW)
        box.press_sequentially("hysteresis")
        # Each letter is looked for, and the first of them is found on other pages.
        first = page.locator(".md-search-result__link").first
        expect(first).to_have_attribute("href", re.compile("gateways"), timeout=SLOW)
        for width, name in product(WIDTHS, WIDE_PAGES):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{address}{name}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_a_page_with_faults_is_refused(tmp_path: Path) -> None:
    """A missing page, heading or picture, one from elsewhere, and a page that no menu has."""
    for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "mkdocs.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("models/default", "client", "docs", "deploy"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("src", "*.skops", "build")
        )
    (tmp_path / "docs/lost.md").write_text(FAULTS, encoding="utf-8")
    built = build(tmp_path, tmp_path / "site")
    assert built.returncode != 0
    for told in ("nowhere.md", "no-heading", "none.png", "example.com/one.png", "lost.md"):
        assert told in built.stderr


def test_every_page_is_in_the_menu() -> None:
    """Each page of docs/ once; and each entry of the menu is a page."""
    listed = re.findall(
        r"^ +- .*: ([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    written = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert written <= set(listed)
    assert len(listed) == len(set(listed))


def test_links_outside_are_whole() -> None:
    """They are https and have a host; nobody is asked whether they still lead somewhere."""
    for page in pages():
        for url in re.findall(
            r"\]\((\w+:[^)\s]*)\)|<(\w+://[^>\s]+)>", prose(page.read_text(encoding="utf-8"))
        ):
            parts = urlsplit("".join(url))
            assert parts.scheme == "https", f"{page.name}: {url}"
            assert parts.hostname, f"{page.name}: {url}"
            assert "." in parts.hostname, f"{page.name}: {url}"


def test_every_picture_is_shown() -> None:
    """What is in docs/pictures is on a page."""
    text = "".join(page.read_text(encoding="utf-8") for page in pages())
    shown = set(re.findall(r"pictures/([\w.-]+)", text))
    assert {path.name for path in (ROOT / "docs/pictures").iterdir()} == shown


def test_the_site_takes_nothing_from_elsewhere() -> None:
    """No fonts of others, nothing fetched by the build, nobody who counts readers."""
    text = re.sub(r"!!python/\S+", "", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings = yaml.safe_load(text)
    assert settings["theme"]["font"] is False
    assert {"privacy": {"assets_fetch": False, "assets_exclude": ["unpkg.com/*"]}} in settings["plugins"]
    assert "analytics" not in settings["extra"]
