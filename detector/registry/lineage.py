"""Where a version comes from: data, code and settings."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.registry.errors import RegistryError
from detector.registry.gating import FILE as GATE_FILE

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

FILE: Final = "lineage.json"
_PACKAGES: Final = ("features", "models", "detector", "streaming")


class Lineage(msgspec.Struct, frozen=True):
    """What made a version."""

    model_id: str
    data: dict[str, Any]
    """what taught: digest, worlds, rows"""
    training: dict[str, Any]
    """of one that `stillwatch train` made: the champion then, digests of labels and tests, settings"""
    settings: dict[str, Any]
    """of the fit"""
    libraries: dict[str, str]
    catalogue: str
    """version of the features"""
    text_weights: str
    release: str
    """of the code that added it"""
    code: str
    """digest of that code"""


def lineage_of(folder: Path, manifest: dict[str, Any]) -> Lineage:
    """The lineage of a model with this manifest, in a folder that may hold what a training left."""
    return Lineage(
        manifest["model_id"],
        manifest.get("data", {}),
        _training(folder / GATE_FILE) or manifest.get("lineage", {}),
        manifest.get("settings", {}),
        manifest["libraries"],
        manifest["catalogue"],
        manifest["text_weights"],
        version("stillwatch"),
        code_digest(),
    )


def write_lineage(folder: Path, lineage: Lineage) -> None:
    """Write it."""
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(lineage), indent=1) + b"\n")


def read_lineage(folder: Path) -> Lineage:
    """Read what `write_lineage` wrote; raises `RegistryError`."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Lineage)
    except (OSError, msgspec.DecodeError) as error:
        raise RegistryError(f"{folder / FILE}: unreadable ({error}); restore the version") from None


def code_digest() -> str:
    """Changes with any module of the installed packages; a release alone does not name code under work."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path, module in sorted(_modules(resources.files(package), package)):
            digest.update(path.encode() + b"\0" + module.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _modules(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _modules(one, f"{name}/{one.name}")
        elif one.name.endswith(".py"):
            found.append((f"{name}/{one.name}", one))
    return found


def _training(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = json.loads(path.read_bytes()).get("lineage", {})
    return found if isinstance(found, dict) else {}
