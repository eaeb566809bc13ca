"""Issuers and their servers, which take a moment to make."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from detector.human.spent import SqlSpentTokens
from detector.telemetry.logs import Log
from tests.detector.human.databases import database_of
from tests.detector.human.directory_server import Site, serving, write_certificate
from tests.detector.human.toy_issuer import ToyIssuer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.store.database import Database


@pytest.fixture(scope="session")
def toy() -> ToyIssuer:
    """An issuer."""
    return ToyIssuer()


@pytest.fixture(scope="session")
def other() -> ToyIssuer:
    """Another key, of the same issuer or not."""
    return ToyIssuer()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the server."""
    path: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    write_certificate(path)
    return path


@pytest.fixture
def site(certificate: Path) -> Iterator[Site]:
    """A server that answers with an empty object."""
    with serving(certificate) as started:
        yield started


@pytest.fixture
def log() -> Log:
    """Writes where pytest reads."""
    return Log(logging.getLogger("detector"))


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """An empty one of each kind."""
    opened = database_of(empty_url)
    yield opened
    opened.close()


@pytest.fixture
def spent(tmp_path: Path) -> Iterator[SqlSpentTokens]:
    """An empty set in SQLite."""
    opened = database_of(f"sqlite:///{tmp_path / 'tokens.db'}")
    tokens = SqlSpentTokens(opened)
    tokens.prepare()
    yield tokens
    opened.close()
