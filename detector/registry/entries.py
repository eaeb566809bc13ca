"""An entry of a registry's history: who did what to which version. Each vouches for those before it."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import msgspec

from detector.registry.errors import RegistryError

Action = Literal["add", "promote", "rollback", "challenge", "withdraw"]
WHAT: Final = "entry"
BEGINNING: Final = "0" * 64
"""What the first entry has for a digest of the one before."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody did something to a version."""

    number: int
    """1, 2, 3, … without gaps"""
    time: int
    """of the wall clock, ms"""
    actor: str
    action: Action
    version: str
    model_id: str
    why: str
    previous: str
    """digest of the entry before"""
    manifest: str = ""
    """of what was added: SHA-256 of its manifest"""
    despite: str = ""
    """of what was promoted against the gate: what the gate said"""

    @property
    def digest(self) -> str:
        """SHA-256 of the entry, and so of all before it."""
        return hashlib.sha256(self.packed()).hexdigest()

    def packed(self) -> bytes:
        """What is signed."""
        return msgspec.json.encode(self)


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as it is stored."""

    entry: Entry
    signature: str


def unpacked(body: bytes, place: str) -> Signed:
    """What is stored at a place; raises `RegistryError`."""
    try:
        return msgspec.json.decode(body, type=Signed)
    except msgspec.DecodeError as error:
        raise RegistryError(f"{place}: is no entry of a history ({error}); restore it from a copy") from None
