"""What axe-core finds on a page, which nobody may be kept out of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no stubs

from tests.support.chromium import HEIGHT, WIDTH

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDE: Final = 2560
SEVERE: Final = ("serious", "critical")
ALL: Final = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS: Final = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def check(page: Page) -> None:
    """Everything in light and narrow; elsewhere what can differ there."""
    colours: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for wide, scheme in ((wide, scheme) for wide in (WIDTH, WIDE) for scheme in colours):
        page.set_viewport_size({"width": wide, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        assert severe(page, COLOURS if scheme == "dark" else ALL) == [], (wide, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= wide


def severe(page: Page, options: dict[str, Any]) -> list[str]:
    """Findings that keep somebody out, and where they are."""
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in SEVERE
        for node in one["nodes"]
    ]
