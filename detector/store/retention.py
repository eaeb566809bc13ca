"""How long what is stored stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Retention:
    """Times in ms. Frames go with the checkpoint that has folded them, and need no setting."""

    alerts: int = 400 * _DAY
    """since they were stored; what a sink has not read yet stays"""
    verdict_history: int = 90 * _DAY
    """since it was stored; the latest verdict of an account stays"""
    letters: int = 30 * _DAY
    """since they were stored"""
    seen: int = 8 * _DAY
    """before the partition's watermark; longer than ids are remembered, or duplicates come back"""
    measurements: int = 90 * _DAY
    """since they were recorded"""
    series: int = 400 * _DAY
    """of event time, before the latest"""
    samples: int = 30 * _DAY
    """since they were kept"""
    vacuum_bytes: int = 256 << 20
    """freed space that SQLite hands back at a time, 0: none; PostgreSQL is only told to reuse it"""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 0:
                raise ValueError(f"retention {name} is negative; set 0 or more")


@dataclass(frozen=True, slots=True)
class Pruned:
    """Rows removed."""

    alerts: int
    verdict_history: int
    letters: int
    seen: int
    measurements: int = 0
    series: int = 0
    samples: int = 0
