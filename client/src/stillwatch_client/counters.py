"""What has been counted since the start."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Counters:
    """Counts by name and label, such as `("decisions", "block")`; safe to share between threads."""

    __slots__ = ("_counts", "_lock")

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        # An increment is a read and a write, between which another thread may come.
        self._lock = threading.Lock()

    def add(self, name: str, label: str = "", count: int = 1) -> None:
        """Count."""
        with self._lock:
            self._counts[name, label] += count

    def get(self, name: str, label: str = "") -> int:
        """One count."""
        with self._lock:
            return self._counts[name, label]

    def total(self, name: str) -> int:
        """The sum over the labels of a name."""
        with self._lock:
            return sum(count for (found, _), count in self._counts.items() if found == name)

    def snapshot(self) -> Mapping[tuple[str, str], int]:
        """All counts as they are now."""
        with self._lock:
            return dict(self._counts)
