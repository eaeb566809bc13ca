"""How a batch of events gets to Stillwatch: the seam between `EventShipper` and HTTP or Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """One event."""

    account_id: str
    body: bytes
    """JSON without line ends"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a batch: `delivered`, `rejected` and `unsent` add up to it."""

    delivered: int
    rejected: int = 0
    """refused for good, or not by size or form to be taken at all"""
    unsent: tuple[Line, ...] = ()
    """to be tried again"""
    retry_after: float | None = None
    """seconds that the service asked to wait"""
    problem: str = ""
    """why some are unsent"""


class Transport(Protocol):
    """Used by one thread."""

    def deliver(self, lines: Sequence[Line]) -> Delivery:
        """Deliver a batch; never raises."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...
