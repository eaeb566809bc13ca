"""Whether a registry is whole: its history, every version, and nothing beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.registry.errors import RegistryError
from detector.registry.registry import VERSIONS, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.registry.keys import Verifier


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found."""

    entries: int
    versions: int
    head: str
    """`NUMBER:DIGEST` of the last entry; kept elsewhere, it shows later what was cut off"""
    faults: tuple[str, ...]


def verify(folder: Path, verifier: Verifier, expected: str = "") -> Verified:
    """Check all of it; `expected` is a head of some time, which must still be in the history."""
    registry = Registry(folder, verifier)
    try:
        entries = registry.history()
    except RegistryError as error:
        return Verified(0, 0, "", (str(error),))
    heads = [f"{entry.number}:{entry.digest}" for entry in entries]
    faults = [*_versions(registry), *_strangers(folder, registry)]
    if expected and expected not in heads:
        faults.append(f"the history does not hold {expected}: what followed was cut off or made up anew")
    return Verified(len(entries), len(registry.standing().added), heads[-1] if heads else "", tuple(faults))


def _versions(registry: Registry) -> Iterator[str]:
    for version in registry.standing().added:
        try:
            registry.checked(version)
        except RegistryError as error:
            yield str(error)


def _strangers(folder: Path, registry: Registry) -> Iterator[str]:
    known = registry.standing().added
    for path in sorted((folder / VERSIONS).iterdir()):
        if path.name not in known:
            yield f"{path}: no entry of the history knows it; its adding was broken off, delete it"
