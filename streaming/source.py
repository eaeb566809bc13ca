"""The seam between where records come from and what reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive raw records of one origin."""

    records: list[bytes]
    """one event each, JSON, in the origin's order; blank records are left out"""
    origin: str
    """a file's name, `-` for standard input, or `topic/partition`"""
    positions: list[int]
    """line number (from 1), row number or offset of each record"""
    bytes_read: int = 0
    """compressed bytes consumed since the previous block, for progress"""


class SourceError(Exception):
    """A source cannot go on: says what, where and the remedy. The command line shows it and exits."""


class SourceUnavailable(SourceError):  # noqa: N818 - says what is the matter
    """Nobody answered: opening it again may succeed later."""


class Source(Protocol):
    """Records in order. Reading may block; a truncated or unreadable origin raises `SourceError`."""

    def blocks(self) -> Iterator[Block]:
        """Yield the records that are left, a bounded number at a time."""
        ...
