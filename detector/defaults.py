"""What ships with the package: the default model, its text weights, and the key of offline work."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import models
from features.hashing import HashKey
from features.text.edge import EdgeVersion
from features.text.kernel import KERNEL_VERSION, TextKernel

if TYPE_CHECKING:
    from features.text.purposes import PurposeWeights

DEFAULT_MODEL: Final = Path(str(files(models))) / "default"
"""Holds `text` (purpose weights) and `account` (the account model)."""

KEY_VARIABLE: Final = "STILLWATCH_HASH_KEY"
_PUBLIC_SECRET: Final = "stillwatch: not a secret"  # noqa: S105 - said to be public by its name


def hash_key(secret: str | None) -> HashKey:
    """The key under which identifiers and text are hashed.

    Without a secret it is a public one: a replay keeps no hash after it ends. What keeps state or reads
    sketches made at an edge needs a secret of its own.
    """
    return HashKey.from_secret(secret or _PUBLIC_SECRET)


def text_kernel(key: HashKey, weights: PurposeWeights) -> TextKernel:
    """The kernel that sketches texts."""
    return TextKernel(key, weights)


def edge_version(key: HashKey, weights: PurposeWeights) -> EdgeVersion:
    """What a sketch made at the edge must have been made with."""
    return EdgeVersion(KERNEL_VERSION, weights.version, key.name)
