"""What tests of the product share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.cli.compose import Setup, set_up
from tests.support.replays import Replayer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def shipped() -> Setup:
    """The shipped model under its own thresholds."""
    return set_up()


@pytest.fixture(scope="session")
def replay(shipped: Setup, tmp_path_factory: pytest.TempPathFactory) -> Replayer:
    """Replays with the shipped model."""
    folder: Path = tmp_path_factory.mktemp("replays")
    return Replayer(shipped, folder)


@pytest.fixture(scope="session")
def eager(replay: Replayer) -> Replayer:
    """Replays with a bar so low that honest accounts raise, update and clear alerts as well."""
    return replay.at_bar(raise_at=0.002, clear_below=0.0015)
