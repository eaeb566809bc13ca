"""The system's Chromium, driven by Playwright, and what must never happen on a page of ours."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog

NAMES: Final = ("chromium", "chromium-browser")
WIDTH: Final = 1280
HEIGHT: Final = 900
PATIENCE: Final = 10_000.0
"""ms"""
_BAD: Final = ("error", "warning")
_REFUSED: Final = ("Failed to load resource: the server responded", "Response Status Error Code ")
_TELL: Final = """document.addEventListener("securitypolicyviolation",
    (one) => tellViolation(`${one.effectiveDirective} of ${one.blockedURI} at ${one.sourceFile}`))"""


class NoChromiumError(Exception):
    """There is none on this machine; says how to get it."""


def chromium_program() -> str:
    """The path of the system's Chromium. Raises `NoChromiumError`."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoChromiumError("Chromium is not installed; run `make parts`, which installs it")
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser with no window; other event loops run in this thread only after the block."""
    program = chromium_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A new profile. Fails at the end if a page broke, opened a dialog, or broke its security policy."""
    troubles: list[str] = []
    context = browser.new_context(**{"viewport": {"width": WIDTH, "height": HEIGHT}} | options)
    try:
        context.set_default_timeout(PATIENCE)
        context.on("dialog", lambda dialog: _dismiss(dialog, troubles))
        context.on("console", lambda message: troubles.extend(_complaint(message)))
        context.on("weberror", lambda error: troubles.append(f"error: {error.error}"))
        context.expose_binding("tellViolation", lambda _, said: troubles.append(f"policy: {said}"))
        context.add_init_script(_TELL)
        yield context
    finally:
        context.close()
    assert troubles == [], troubles


def _dismiss(dialog: Dialog, troubles: list[str]) -> None:
    """None of our pages opens one, so that somebody's script did."""
    troubles.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _complaint(message: ConsoleMessage) -> list[str]:
    """That an answer was refused is none, which the browser and htmx both tell."""
    is_answer = message.text.startswith(_REFUSED)
    return [f"{message.type}: {message.text}"] if message.type in _BAD and not is_answer else []
