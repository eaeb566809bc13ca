"""What the suites have in common."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from detector.audit.verify import verify
from detector.dossier.reading import Dossiers
from detector.store.opening import open_database
from tests.support.case_desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.database import Database
    from detector.store.interface import Store


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """The database of an empty store of each kind."""
    with closing(open_database(store_url)) as opened:
        yield opened


@pytest.fixture
def dossiers(database: Database) -> Dossiers:
    """What people read of the same store."""
    return Dossiers(database)


@pytest.fixture
def desk(store: Store, database: Database) -> Iterator[Desk]:
    """A desk on a store of each kind, whose audit is whole at the end."""
    yield Desk(store, database)
    assert verify(database).fault is None
