"""The leader's state as pages: only those that changed are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of one array."""

    array: str
    number: int
    """from 0"""
    body: bytes


@dataclass(frozen=True, slots=True)
class CheckpointDelta:
    """What changed since the checkpoint before.

    Cold accounts are a part of it: were a row put away at another moment, a recovery would fold the
    frames since the checkpoint into it twice.
    """

    tick: int
    """the last tick that is folded into the state"""
    manifest: bytes
    lengths: Mapping[str, int]
    """pages of each array now; what lies beyond, and arrays not named, is removed"""
    pages: Iterable[Page]
    """those that changed, each once"""
    evicted: Iterable[tuple[str, bytes]] = ()
    """accounts put away, and their rows"""
    revived: Iterable[str] = ()
    """accounts whose rows are in the pages again"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What `Store.pages` belong to."""

    tick: int
    manifest: bytes
