"""Fixtures of real parts, shared by all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.broker import Broker, running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator


# The first call of a kernel compiles it, so no single example has a deadline.
settings.register_profile("stillwatch", deadline=None)
settings.load_profile("stillwatch")


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Broker]:
    """One broker for all tests, started by the first that asks; each names topics and groups of its own."""
    with running_broker() as broker:
        yield broker
