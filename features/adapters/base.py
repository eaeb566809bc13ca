"""The seam between a log format and everything after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from features.times import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from features.batch import Decoded, Lifecycle
    from features.contract import UsageEvent

MAX_RECORD_BYTES: Final = 4 * 1024 * 1024
"""Longest record that is decoded; a source need keep no more than one byte beyond it."""


class Adapter(Protocol):
    """Turns the raw records of one log format into columns."""

    @property
    def name(self) -> str:
        """The format's name, as `--format` takes it."""
        ...

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:
        """Decode `records`, one JSON object each; a bad one is `Rejected`, and nothing raises.

        An event that starts after `latest` is from the future, and bad.
        """
        ...

    def read(self, record: bytes) -> UsageEvent | Lifecycle:
        """The event in one record; raises `RecordError`, or one of `features.adapters.reasons.UNREADABLE`."""
        ...


class RecordError(Exception):
    """One record cannot become an event; the two texts are those of `features.batch.Rejected`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
