"""The history of a registry: a file for each entry, none of which is ever written again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from detector.registry.entries import BEGINNING, WHAT, Signed, unpacked
from detector.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.registry.entries import Entry
    from detector.registry.keys import Signer, Verifier

FOLDER: Final = "history"


class History:
    """Entries in order. What two people do at once, only one of them does."""

    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self._folder = folder / FOLDER
        self._verifier = verifier

    def entries(self) -> list[Entry]:
        """All of them, checked; raises `RegistryError` for one that is missing, altered or not signed."""
        found: list[Entry] = []
        for number, path in enumerate(self._paths(), 1):
            entry = self._checked(path, unpacked(path.read_bytes(), str(path)))
            previous = found[-1].digest if found else BEGINNING
            if entry.number != number or path.name != _name(number) or entry.previous != previous:
                raise RegistryError(
                    f"{path}: does not follow what is before it; restore the history from a copy"
                )
            found.append(entry)
        return found

    def append(self, entry: Entry, signer: Signer) -> None:
        """Add an entry, durable at once; raises `RegistryError` where its place is taken."""
        if str(signer.verifier) != str(self._verifier):
            raise RegistryError("the private key is not this registry's; give the right one with --key")
        self._folder.mkdir(exist_ok=True)
        body = msgspec.json.encode(Signed(entry, signer.sign(WHAT, entry.packed())))
        part = self._folder / f".{os.getpid()}.{entry.digest[:16]}"
        try:
            _write(part, body + b"\n")
            # Unlike a rename, a link fails where the name is taken; the entry is there whole or not at all.
            (self._folder / _name(entry.number)).hardlink_to(part)
        except FileExistsError:
            raise RegistryError(
                "somebody changed the registry meanwhile; look at it, and try again"
            ) from None
        finally:
            part.unlink(missing_ok=True)
        _sync(self._folder)

    def _paths(self) -> Iterator[Path]:
        yield from sorted(self._folder.glob("*.json"))

    def _checked(self, path: Path, signed: Signed) -> Entry:
        if not self._verifier.accepts(WHAT, signed.entry.packed(), signed.signature):
            raise RegistryError(f"{path}: is not signed by the registry's key; restore it from a copy")
        return signed.entry


def _name(number: int) -> str:
    return f"{number:08d}.json"


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
