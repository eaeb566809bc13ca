from __future__ import annotations

import asyncio
import re
from importlib import resources
from itertools import product
from typing import Final

import pytest

from tests.detector.console.office import open_office

CSS: Final = (resources.files("detector.console") / "static" / "console.css").read_text()
_AA: Final = 4.5
_TEXTS: Final = ("ink", "dim", "link", "alarm", "calm")
_GROUNDS: Final = ("paper", "card", "raised")
_SEVERITIES: Final = ("critical", "high", "medium", "low", "informational")
PAIRS: Final = [
    *product(_TEXTS, _GROUNDS),
    *(("on-severity", one) for one in _SEVERITIES),
    ("on-notice", "notice"),
    ("on-link", "link"),
    ("ink", "band"),
    ("paper", "ink"),
]


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark by choice", "dark by preference"])
def test_text_can_be_read(theme: int) -> None:
    """Each pair of text and ground has the contrast of WCAG 2.2 AA (1.4.3), in each theme."""
    tokens = _tokens(theme)
    assert {pair: _contrast(tokens[pair[0]], tokens[pair[1]]) >= _AA for pair in PAIRS} == dict.fromkeys(
        PAIRS, True
    )


def test_both_ways_to_dark_are_the_same() -> None:
    """Whoever chooses dark sees what whose browser prefers it sees."""
    assert _tokens(1) == _tokens(2)


def test_files_are_kept_until_they_change(url: str) -> None:
    """Under the address that pages name a file never changes; under its plain name it is asked for again."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = office.browser()
            page = (await browser.get("/login")).text
            [address] = re.findall(r'href="(/static/[^"]+\.css)"', page)
            named = await browser.get(address)
            assert named.headers["cache-control"].endswith("immutable")
            assert named.text == CSS
            plain = await browser.get("/static/console.css", headers={"Accept-Encoding": "identity"})
            assert (plain.headers["cache-control"], plain.text) == ("no-cache", CSS)
            seen = {"If-None-Match": plain.headers["etag"]}
            assert (await browser.get("/static/console.css", headers=seen)).status_code == 304
            for path in ("/static/none.css", "/static/0/console.css", "/static/..%2Fparts.py"):
                assert (await browser.get(path)).status_code == 404
            packaged = (await browser.get(office.parts.assets.htmx)).text
            assert "htmx" in packaged
            assert (await browser.head(address)).headers["cache-control"].endswith("immutable")

    asyncio.run(main())


def test_colours_are_remembered(url: str) -> None:
    """A choice of colours is in the page that the server makes, until the browser's own is chosen again."""

    async def main() -> None:
        async with open_office(url) as office:
            browser = await office.signed_in("Ada", "viewer")
            for theme, shown in (
                ("dark", ' data-theme="dark"'),
                ("auto", ""),
                ("light", ' data-theme="light"'),
            ):
                await browser.post("/console/theme", data={"theme": theme})
                assert f'<html lang="en"{shown}>' in (await browser.get("/console/help")).text

    asyncio.run(main())


def _tokens(theme: int) -> dict[str, str]:
    blocks = re.findall(r":root[^{]*\{([^}]*--paper[^}]*)\}", CSS)
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[0]))
    return light | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[theme]))


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
