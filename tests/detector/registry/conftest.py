"""Registries that are built once, and copied for whoever changes them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.detector.registry.shelves import SECOND, Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A registry with a champion."""
    return Shelf.of(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="session")
def second(first: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The same, and a challenger that passed."""
    made = copied(first, tmp_path_factory.mktemp("second"))
    made.add(SECOND)
    return made


@pytest.fixture
def shelf(first: Shelf, tmp_path: Path) -> Shelf:
    """A registry with a champion, to be changed."""
    return copied(first, tmp_path)


@pytest.fixture
def full(second: Shelf, tmp_path: Path) -> Shelf:
    """A registry with a champion and a challenger that passed, to be changed."""
    return copied(second, tmp_path)


def copied(shelf: Shelf, folder: Path) -> Shelf:
    """Another of the same, with what its models were added from."""
    shutil.copytree(shelf.made, folder, dirs_exist_ok=True)
    return Shelf.at(folder)
