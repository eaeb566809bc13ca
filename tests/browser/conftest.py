"""A browser and a console for each module."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import launched
from tests.support.console import Console, console_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Console]:
    """Over an SQLite store that is empty at first."""
    path = tmp_path_factory.mktemp("console") / "store.db"
    shutil.copy(sqlite_template, path)
    with console_over(f"sqlite:///{path}") as served:
        yield served
