"""The manifest of a version: what its files are, signed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from detector.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detector.registry.keys import Signer, Verifier

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
FORMAT: Final = 1

_WHAT: Final = "manifest"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a version is made of."""

    format: int
    version: str
    model_id: str
    files: dict[str, str]
    """SHA-256 of every file, by its path in the folder"""


def write_manifest(folder: Path, version: str, model_id: str, signer: Signer) -> str:
    """Sign all files of a folder; the digest of the manifest."""
    manifest = Manifest(FORMAT, version, model_id, digests(folder))
    body = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    (folder / MANIFEST).write_bytes(body)
    (folder / SIGNATURE).write_text(signer.sign(_WHAT, body) + "\n", encoding="ascii")
    return hashlib.sha256(body).hexdigest()


def read_manifest(folder: Path, digest: str, verifier: Verifier) -> Manifest:
    """The manifest of a version, and every file as it says; raises `RegistryError`.

    `digest` is what the history has of it: a manifest that was signed for another time is not this one.
    """
    path = folder / MANIFEST
    try:
        body = path.read_bytes()
        signature = (folder / SIGNATURE).read_text(encoding="ascii").strip()
        manifest = msgspec.json.decode(body, type=Manifest)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise RegistryError(f"{path}: unreadable ({type(error).__name__}); restore the version") from None
    if not verifier.accepts(_WHAT, body, signature) or hashlib.sha256(body).hexdigest() != digest:
        raise RegistryError(f"{path}: is not what was signed when it was added; restore the version")
    _compare(folder, manifest.files, digests(folder))
    return manifest


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder but the manifest's own; raises `RegistryError` for a link."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise RegistryError(f"{path}: is a link, and a version holds files of its own; remove it")
        if path.is_file() and name not in {MANIFEST, SIGNATURE}:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _compare(folder: Path, said: Mapping[str, str], found: Mapping[str, str]) -> None:
    for name in sorted(said.keys() | found.keys()):
        if said.get(name) != found.get(name):
            wrong = (
                "missing" if name not in found else "not in the manifest" if name not in said else "altered"
            )
            raise RegistryError(f"{folder / name}: {wrong}; restore the version from a copy")
