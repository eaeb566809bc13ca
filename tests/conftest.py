"""Fixtures of real parts, shared by all tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from detector.store.opening import open_store, upgrade
from tests.support.broker import Broker, running_broker
from tests.support.postgres import Postgres, running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.store.interface import Store


# The first call of a kernel compiles it, so no single example has a deadline.
settings.register_profile("stillwatch", deadline=None)
settings.load_profile("stillwatch")


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Broker]:
    """One broker for all tests, started by the first that asks; each names topics and groups of its own."""
    with running_broker() as broker:
        yield broker


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for all tests, started by the first that asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres) -> str:
    """A database that tests use one after the other."""
    return postgres_server.create_database()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the latest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store of each kind, with the latest schema and nothing in it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgres_url")
    request.getfixturevalue("postgres_server").clean(url)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store of each kind."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store of each kind could be, but is not yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.create_empty()
