"""What must not grow without end: the memory of processes, and the store."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from tests.support.live import Stream

MEMORY_GROWTH: Final = 1.15
"""of the last quarter over the second, the first being warm-up,"""
MEMORY_SLACK: Final = 24.0
"""and so many MB"""
STORE_GROWTH: Final = 1.5
STORE_SLACK: Final = 16.0
_MB: Final = 1 << 20


@dataclass
class Gauges:
    """Samples in MB, in the order in which they were taken."""

    memory: list[float] = field(default_factory=list)
    """the largest process, of those that have begun"""
    store: list[float] = field(default_factory=list)

    def sample(self, stream: Stream) -> None:
        """Look once."""
        sizes = [_resident(process.pid) for process in stream.working]
        if sizes:
            self.memory.append(max(sizes))
        self.store.append(_stored(stream.store_url))

    def problems(self) -> list[str]:
        """What grew."""
        found = []
        for name, samples, growth, slack in (
            ("memory", self.memory, MEMORY_GROWTH, MEMORY_SLACK),
            ("store", self.store, STORE_GROWTH, STORE_SLACK),
        ):
            early, late = quarters(samples)
            if late > growth * early + slack:
                found.append(f"{name} grew from {early:.0f} to {late:.0f} MB")
        return found

    def figures(self) -> str:
        """For people."""
        parts = []
        for name, samples in (("memory", self.memory), ("store", self.store)):
            early, late = quarters(samples)
            parts.append(f"{name} {early:.0f} → {late:.0f} MB (most {max(samples):.0f})")
        return ", ".join(parts)


def quarters(samples: list[float]) -> tuple[float, float]:
    """Medians of the second quarter and of the last."""
    n = len(samples)
    early, late = samples[n // 4 : n // 2] or samples, samples[3 * n // 4 :]
    return statistics.median(early), statistics.median(late)


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def _stored(url: str) -> float:
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / _MB
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return size / _MB
