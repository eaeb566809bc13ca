"""Clocks at two moments of a stream, and its rates between them."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Lap:
    """Clocks at a moment."""

    wall: float
    cpu: float
    records: int

    @classmethod
    def now(cls, records: int, cpu: float | None = None) -> Lap:
        """As of now; `cpu` in seconds, of this process unless told."""
        return cls(time.perf_counter(), time.process_time() if cpu is None else cpu, records)

    def since(self, start: Lap) -> dict[str, float]:
        """Rates between two moments."""
        records = self.records - start.records
        return {
            "records_per_second": records / (self.wall - start.wall),
            "records_per_cpu_second": records / (self.cpu - start.cpu),
        }
