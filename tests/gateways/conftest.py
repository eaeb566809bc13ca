"""The proxy, which takes long to start, and a store with verdicts for the real service beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from detector.store.opening import upgrade
from tests.detector.hook.service import filled
from tests.gateways.proxy import running_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.proxy import Gateway


@dataclass(frozen=True, slots=True)
class Filled:
    """A store with one account for each action, and the gateway's key."""

    url: str
    key: str


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """One for all tests."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
    upgrade(url)
    return Filled(url, filled(url))


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, filled_store: Filled) -> Iterator[Gateway]:
    """One for all tests."""
    with running_gateway(tmp_path_factory.mktemp("litellm"), filled_store.key) as made:
        yield made
