"""A store for tests of one process."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    """With the latest schema and nothing in it."""
    shutil.copy(sqlite_template, tmp_path / "people.db")
    return f"sqlite:///{tmp_path / 'people.db'}"
