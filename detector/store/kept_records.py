"""What workers keep for people beside what they read for the leader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A request of an alerted account."""

    account_id: str
    event_id: str
    time: int
    """ms"""
    facts: Mapping[str, str]
    """without a word of its text"""
    content: bytes | None
    """sealed; None where only facts are kept"""


@dataclass(frozen=True, slots=True)
class Home:
    """The organisation that an account is of, under the version of its change."""

    version: int
    account_id: str
    org_id: str


class KeptStore(Protocol):
    """Used by any number of workers."""

    def sample_counts(self, accounts: Iterable[str]) -> dict[str, int]:
        """How many requests are kept of each of `accounts`, of whom any is."""
        ...

    def keep_samples(self, samples: Sequence[SampleRecord], now: int) -> None:
        """Keep requests; one that is kept already is kept once."""
        ...

    def keep_organisations(self, found: Mapping[str, str]) -> None:
        """Say whose accounts are whose, by account; only what changes gets a version."""
        ...

    def homes(self, after: int, limit: int) -> list[Home]:
        """Organisations of accounts by version, of those after `after` (0: all) the first `limit`."""
        ...
