"""`registry:DIR`, wherever a folder of a model is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "registry:"
_VERSION: Final = "@"


def resolved(named: str, environ: Mapping[str, str], role: str = "champion") -> Path:
    """The folder of a model: `named` itself, or of `registry:DIR` the version of a role, checked.

    `registry:DIR@VERSION` names a version. Raises `RegistryError`.
    """
    if not named.startswith(PREFIX):
        return Path(named)
    folder, version = _split(named.removeprefix(PREFIX))
    registry = Registry.open(folder, environ)
    return registry.checked(registry.find(version or role))


def _split(named: str) -> tuple[Path, str]:
    """Folder and version; a folder may have the sign in its name."""
    folder, sign, version = named.rpartition(_VERSION)
    if not sign or "/" in version or Path(named).exists():
        return Path(named), ""
    return Path(folder), version
