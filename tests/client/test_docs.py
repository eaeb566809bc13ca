from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from stillwatch_client import CacheSettings, Service, ShipperSettings

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/litellm.md").read_text(encoding="utf-8")
README: Final = (ROOT / "client/README.md").read_text(encoding="utf-8")
VARIABLE: Final = re.compile(r"STILLWATCH_[A-Z_]*[A-Z]")


def test_every_variable_is_described() -> None:
    """docs/litellm.md names those that the client reads, and no others."""
    sources = (ROOT / "client/src").rglob("*.py")
    read = {name for source in sources for name in VARIABLE.findall(source.read_text(encoding="utf-8"))}
    assert set(VARIABLE.findall(PAGE)) == read


def test_defaults_are_as_described() -> None:
    """In the README of the client."""
    cache, shipper = CacheSettings(Service("http://s")), ShipperSettings()
    assert f"`max_staleness` ({cache.max_staleness:.0f} s)" in README
    assert f"`max_verdicts` ({cache.max_verdicts:,})" in README
    assert f"{shipper.max_events:,} events, {shipper.max_bytes >> 20} MiB" in README
    assert f"up to {shipper.batch_events} events" in README
