"""How things stand, as the history has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detector.registry.entries import Entry


@dataclass(frozen=True, slots=True)
class Standing:
    """Versions, and which of them are used for what."""

    added: Mapping[str, Entry]
    """what added each version, oldest first"""
    champions: tuple[str, ...]
    """versions whose turn was not taken back; the last one is used"""
    challenger: str | None

    @property
    def champion(self) -> str | None:
        """The version in use."""
        return self.champions[-1] if self.champions else None

    def role(self, version: str) -> str:
        """What a version is used for, in a word; empty: for nothing."""
        if version == self.champion:
            return "champion"
        if version == self.challenger:
            return "challenger"
        return "former" if version in self.champions else ""


def standing(entries: Iterable[Entry]) -> Standing:
    """What `entries`, oldest first, come to."""
    added: dict[str, Entry] = {}
    champions: list[str] = []
    challenger: str | None = None
    for entry in entries:
        if entry.action == "add":
            added[entry.version] = entry
        elif entry.action == "promote":
            champions.append(entry.version)
            challenger = None if challenger == entry.version else challenger
        elif entry.action == "rollback":
            champions.pop()
        else:
            challenger = entry.version if entry.action == "challenge" else None
    return Standing(added, tuple(champions), challenger)
