"""What a registry says of its versions, for the console and for the command line alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from detector.registry.entries import Entry  # noqa: TC001 - msgspec reads annotations at run time
from detector.registry.gating import Gate, objection, read_gate
from detector.registry.lineage import Lineage, read_lineage

if TYPE_CHECKING:
    from detector.registry.registry import Registry
    from detector.registry.standing import Standing

_PLAIN = ("catalogue", "text_weights", "release", "code")


class VersionRow(msgspec.Struct, frozen=True):
    """A version, what it is used for, and what speaks against it as things are."""

    version: str
    model_id: str
    role: str
    """champion, challenger or former; empty: not used"""
    added: int
    """ms"""
    objection: str
    """why it must not replace the champion; empty: it may"""
    why: str


class VersionBody(msgspec.Struct, frozen=True):
    """Where a version comes from, what the gate said of it, and what was done with it, oldest first."""

    version: VersionRow
    lineage: Lineage
    gate: Gate | None
    history: tuple[Entry, ...]


def version_rows(registry: Registry, now: Standing) -> list[VersionRow]:
    """All of them, oldest first."""
    return [version_row(registry, now, version) for version in now.added]


def version_row(registry: Registry, now: Standing, version: str) -> VersionRow:
    """Of one; the champion is held against nobody."""
    entry = now.added[version]
    against = None if now.champion in {None, version} else now.added[str(now.champion)].model_id
    said = objection(read_gate(registry.folder_of(version)), entry.model_id, against)
    return VersionRow(version, entry.model_id, now.role(version), entry.time, said, entry.why)


def version_body(registry: Registry, now: Standing, version: str) -> VersionBody:
    """All of one, whose files are checked; raises `RegistryError`."""
    folder = registry.checked(version)
    mine = tuple(entry for entry in registry.history() if entry.version == version)
    return VersionBody(version_row(registry, now, version), read_lineage(folder), read_gate(folder), mine)


def lineage_lines(lineage: Lineage) -> dict[str, str]:
    """Lineage in lines; settings are left out."""
    learnt = {f"data {name}": str(value) for name, value in lineage.data.items()}
    trained = {
        f"training {name}": str(value)
        for name, value in lineage.training.items()
        if not isinstance(value, dict)
    }
    return {**learnt, **trained, **{name: getattr(lineage, name) for name in _PLAIN}}
