"""A folder of signed versions of a model, and the history that says which of them are used."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.registry.entries import BEGINNING, Entry
from detector.registry.errors import RegistryError
from detector.registry.gating import objection, read_gate
from detector.registry.history import History
from detector.registry.keys import PUBLIC, trusted_key
from detector.registry.manifest import read_manifest, write_manifest
from detector.registry.packing import pack
from detector.registry.standing import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.registry.entries import Action
    from detector.registry.keys import Signer, Verifier

VERSIONS: Final = "versions"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, when and why."""

    name: str
    now: int
    """ms of the wall clock"""
    why: str
    signer: Signer


class Registry:
    """All that change it raise `RegistryError`, and nothing is changed then."""

    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self._folder = folder
        self._verifier = verifier
        self._history = History(folder, verifier)

    @classmethod
    def open(cls, folder: Path, environ: Mapping[str, str]) -> Registry:
        """One that is there, under the key that `environ` names or that lies in it."""
        return cls(folder, trusted_key(folder, environ))

    @classmethod
    def begin(cls, folder: Path, verifier: Verifier) -> Registry:
        """A new one."""
        if (folder / PUBLIC).exists():
            raise RegistryError(f"{folder / PUBLIC}: there is a registry already; choose another folder")
        (folder / VERSIONS).mkdir(parents=True, exist_ok=True)
        (folder / PUBLIC).write_text(f"{verifier}\n", encoding="ascii")
        return cls(folder, verifier)

    def history(self) -> list[Entry]:
        """What was done, oldest first, checked."""
        return self._history.entries()

    def standing(self) -> Standing:
        """Versions and their roles."""
        return standing(self.history())

    def find(self, name: str) -> str:
        """The version that is meant: by its own name, by its role, or the latest of a model's id."""
        now = self.standing()
        roles = {"champion": now.champion, "challenger": now.challenger}
        if name in roles:
            if (found := roles[name]) is None:
                raise RegistryError(f"{self._folder}: has no {name}; name one with `stillwatch models`")
            return found
        if name in now.added:
            return name
        of_model = [version for version, entry in now.added.items() if entry.model_id == name]
        if not of_model:
            raise RegistryError(f"{self._folder}: has no version {name!r}; see `stillwatch models list`")
        return of_model[-1]

    def folder_of(self, version: str) -> Path:
        """Where the files of a version are, unchecked."""
        return self._folder / VERSIONS / version

    def checked(self, version: str) -> Path:
        """The folder of a version, every file of it as it was signed; raises `RegistryError`."""
        folder, entry = self.folder_of(version), self.standing().added[version]
        manifest = read_manifest(folder, entry.manifest, self._verifier)
        if (manifest.version, manifest.model_id) != (version, entry.model_id):
            raise RegistryError(f"{folder}: holds another version; restore it from a copy")
        return folder

    def add(self, source: Path, by: Actor, reference: Path | None = None) -> str:
        """Take in what a training left, or any model; the name of its version."""
        (self._folder / VERSIONS).mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._folder) as made:
            folder = Path(made) / "version"
            folder.mkdir()
            model_id = pack(source, folder, reference, datetime.fromtimestamp(by.now / 1000, UTC).date())
            version = self._next()
            digest = write_manifest(folder, version, model_id, by.signer)
            try:
                folder.rename(self.folder_of(version))
            except OSError:
                raise RegistryError("somebody changed the registry meanwhile; try again") from None
        try:
            self._record("add", version, model_id, by, manifest=digest)
        except RegistryError:
            shutil.rmtree(self.folder_of(version))
            raise
        return version

    def promote(self, name: str, by: Actor, *, despite: bool = False) -> str:
        """Make a version the champion; one that the gate did not pass only `despite` that, which is kept."""
        now, version = self.standing(), self.find(name)
        if version == now.champion:
            raise RegistryError(f"version {version} is the champion already; nothing was changed")
        folder, model_id = self.checked(version), now.added[version].model_id
        champion = None if now.champion is None else now.added[now.champion].model_id
        against = objection(read_gate(folder), model_id, champion)
        if against and not despite:
            raise RegistryError(
                f"version {version} is not promoted: {against}; train it again, or give --despite WHY"
            )
        self._record("promote", version, model_id, by, despite=against)
        return version

    def rollback(self, by: Actor) -> str:
        """Take the last promotion back: the champion before is used again."""
        now = self.standing()
        if len(now.champions) < 2:  # noqa: PLR2004 - somebody before
            raise RegistryError("there was no champion before this one; promote another version")
        *_, version, gone = now.champions
        self.checked(version)
        self._record("rollback", gone, now.added[gone].model_id, by)
        return version

    def challenge(self, name: str | None, by: Actor) -> str | None:
        """Let a version be scored beside the champion; None: no version any more."""
        now = self.standing()
        version = self.find("challenger" if name is None else name)
        if name is not None:
            if version == now.champion:
                raise RegistryError(f"version {version} is the champion; name another as challenger")
            self.checked(version)
        action: Action = "withdraw" if name is None else "challenge"
        self._record(action, version, now.added[version].model_id, by)
        return None if name is None else version

    def _next(self) -> str:
        """A name that nobody has, not even a version whose adding was broken off."""
        taken = {path.name for path in (self._folder / VERSIONS).iterdir()}
        number = len(self.standing().added) + 1
        while f"v{number}" in taken:
            number += 1
        return f"v{number}"

    def _record(
        self, action: Action, version: str, model_id: str, by: Actor, *, manifest: str = "", despite: str = ""
    ) -> None:
        past = self.history()
        previous = past[-1].digest if past else BEGINNING
        entry = Entry(
            len(past) + 1, by.now, by.name, action, version, model_id, by.why, previous, manifest, despite
        )
        self._history.append(entry, by.signer)
