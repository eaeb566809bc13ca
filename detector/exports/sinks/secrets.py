"""Secrets of sinks: the store knows where they are, and nobody shows them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.exports.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "STILLWATCH_EXPORT_"
"""Of the variables that may be named, so that no sink can be told to use up another secret."""
_VARIABLE: Final = re.compile(rf"env:{PREFIX}[A-Z0-9_]+")
_FORMS: Final = f"env:{PREFIX}… or file:/…"
_MOST: Final = 65_536


def check_reference(field: str, reference: str) -> None:
    """Raise `ExportError` for what is no reference; a secret in its place is not repeated."""
    if not _VARIABLE.fullmatch(reference) and not reference.startswith("file:/"):
        raise ExportError(f"{field}: name where the secret is, as {_FORMS}; secrets are not stored")


def secret(reference: str, environment: Mapping[str, str]) -> str:
    """What is there, without space around it; raises `ExportError`, which names the place only."""
    kind, _, place = reference.partition(":")
    try:
        found = environment.get(place, "") if kind == "env" else _read(Path(place))
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(
            f"secret {reference}: {type(error).__name__}; see that the file may be read"
        ) from None
    if not found.strip():
        raise ExportError(f"secret {reference}: there is none; put it there for whoever sends")
    return found.strip()


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MOST).decode()
