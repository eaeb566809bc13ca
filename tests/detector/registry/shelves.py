"""Registries with models that differ in name, and reports of a gate made by hand."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detector.defaults import DEFAULT_MODEL
from detector.registry.keys import Signer
from detector.registry.registry import Actor, Registry

if TYPE_CHECKING:
    from pathlib import Path

FIRST: Final = "sw-000000000001"
SECOND: Final = "sw-000000000002"
THIRD: Final = "sw-000000000003"


def signer(number: int = 1) -> Signer:
    """The same key for the same number."""
    return Signer(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def actor(why: str = "a reason", by: Signer | None = None) -> Actor:
    """Somebody at some time."""
    return Actor("ada", 1_760_000_000_000, why, by or signer())


def model(folder: Path, model_id: str) -> Path:
    """The shipped model under another name."""
    shutil.copytree(DEFAULT_MODEL, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "account" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"model_id": model_id}), encoding="utf-8")
    return folder


def trained(folder: Path, model_id: str, champion: str, *, passed: bool = True) -> Path:
    """What a training leaves that held a model against a champion."""
    model(folder / "challenger", model_id)
    check = {"dimension": "plan", "name": "pro", "passed": passed, "why": "" if passed else "worse"}
    gate = {"champion": champion, "challenger": model_id, "passed": passed, "checks": [check]}
    said = {"gate": gate, "lineage": {"learnt_from": "abc", "settings": {"seed": 0}}}
    (folder / "gate.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "card.md").write_text(f"# {model_id}\n", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Shelf:
    """A registry whose champion is `FIRST`, as v1."""

    folder: Path
    made: Path
    registry: Registry

    @classmethod
    def of(cls, tmp_path: Path) -> Shelf:
        """One in a folder of its own."""
        registry = Registry.begin(tmp_path / "registry", signer().verifier)
        registry.add(model(tmp_path / FIRST, FIRST), actor("the first"))
        registry.promote("v1", actor("somebody has to"), despite=True)
        return cls.at(tmp_path)

    @classmethod
    def at(cls, folder: Path) -> Shelf:
        """One that was made."""
        return cls(folder / "registry", folder, Registry(folder / "registry", signer().verifier))

    def add(self, model_id: str, champion: str = FIRST, *, passed: bool = True) -> str:
        """Add what a training left."""
        source = trained(self.made / model_id, model_id, champion, passed=passed)
        return self.registry.add(source, actor())
