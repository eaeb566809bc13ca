"""Fixtures of real parts, shared by all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.broker import Broker, running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Broker]:
    """One broker for all tests, started by the first that asks; each names topics and groups of its own."""
    with running_broker() as broker:
        yield broker
