"""Which packages a release needs where it runs, of all that the lock pins for its development."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROJECT: Final = "stillwatch"
EXTRAS: Final = ("confluent", "otel")
"""shipped beside what is always needed: the faster Kafka client, and traces"""


class ReleaseError(Exception):
    """A release cannot be made so; says what, where and the remedy."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package that is needed, as it is installed here and pinned."""

    name: str
    version: str
    needs: tuple[str, ...]
    """names of what it needs itself, sorted"""


def closure(root: Path) -> dict[str, Package]:
    """Packages by canonical name: what `pyproject.toml` and the shipped extras need, and what these need.

    `root` is the checkout. Markers are judged for this interpreter. Raises `ReleaseError` if one is not
    installed, or not in the version that `requirements.lock` pins.
    """
    pinned = {name: entry.version for name, entry in read_lock(root / "requirements.lock").items()}
    found: dict[str, Package] = {}
    asked: set[tuple[str, frozenset[str]]] = set()
    waiting = roots(root)
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in asked:
            continue
        asked.add((name, extras))
        further = list(_needed(name, extras))
        waiting.extend(further)
        needs: set[str] = {canonicalize_name(one.name) for one in further}
        if name in found:
            needs.update(found[name].needs)
        found[name] = Package(name, _version(name, pinned), tuple(sorted(needs)))
    return dict(sorted(found.items()))


def roots(root: Path) -> list[Requirement]:
    """What the project asks for by itself, with the shipped extras."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in EXTRAS:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Entry:
    """A pinned package of the lock, with its hashes as they stand there."""

    version: str
    text: str


def read_lock(path: Path) -> dict[str, Entry]:
    """Entries by canonical name."""
    found: dict[str, Entry] = {}
    for text in _entries(path.read_text(encoding="utf-8")):
        wanted = Requirement(text.split("\\", 1)[0])
        (pin,) = wanted.specifier
        found[canonicalize_name(wanted.name)] = Entry(pin.version, text)
    return found


def _entries(lock: str) -> Iterator[str]:
    """An entry starts where a line is not indented."""
    lines: list[str] = []
    for line in lock.splitlines(keepends=True):
        if lines and not line.startswith(" "):
            yield "".join(lines)
            lines = []
        if not line.startswith("#"):
            lines.append(line)
    if lines:
        yield "".join(lines)


def _needed(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        raise ReleaseError(f"{name} is needed and not installed; install requirements.lock") from None
    for line in lines:
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": one}) for one in {"", *extras}):
            yield wanted


def _version(name: str, pinned: Mapping[str, str]) -> str:
    installed = distribution(name).version
    if name not in pinned:
        raise ReleaseError(f"{name} is needed and not in requirements.lock; lock it")
    if installed != pinned[name]:
        raise ReleaseError(
            f"{name} {installed} is installed and {pinned[name]} is locked; install requirements.lock"
        )
    return installed
