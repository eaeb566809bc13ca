"""Licences of what a release ships: `python -m tools.licences [--out FILE]`.

Fails on copyleft and on what cannot be told, but for exceptions that a person reviewed (`licences.toml`).
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from tools.release_closure import closure

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.metadata import PackageMetadata

UNKNOWN: Final = "unknown"
_LONGEST: Final = 64
"""characters of a licence's name; what is longer is its text"""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A package that may ship although its licence is not on the list."""

    licence: str
    reason: str
    reviewed: dt.date
    stated: bool = True
    """whether the package's metadata says so itself"""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of `licences.toml`."""

    allowed: frozenset[str]
    aliases: Mapping[str, str]
    exceptions: Mapping[str, Exemption]


@dataclass(frozen=True, slots=True)
class Finding:
    """A package's licence, and why it may ship; `problem` says why not."""

    name: str
    version: str
    licence: str
    note: str = ""
    problem: str = ""


def read_rules(path: Path) -> Rules:
    """The rules as written down."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    exceptions = {name: Exemption(**one) for name, one in said["exceptions"].items()}
    return Rules(frozenset(said["allowed"]), said["aliases"], exceptions)


def licence_of(said: PackageMetadata, aliases: Mapping[str, str]) -> str:
    """An SPDX expression out of a package's metadata (PEP 639, else the older fields), or `UNKNOWN`."""
    for text in _statements(said):
        try:
            return canonicalize_license_expression(aliases.get(text, text))
        except InvalidLicenseExpression:
            continue
    return UNKNOWN


def _statements(said: PackageMetadata) -> Iterator[str]:
    for field in ("License-Expression", "License"):
        text = (said[field] or "").strip()
        if text and len(text) <= _LONGEST and "\n" not in text:
            yield text
    for classifier in said.get_all("Classifier") or []:
        if classifier.startswith("License ::"):
            yield classifier.rpartition("::")[2].strip()


def permitted(expression: str, allowed: frozenset[str]) -> bool:
    """Whether one choice of an SPDX expression needs allowed licences only; AND binds tighter than OR."""
    words = expression.replace("(", " ( ").replace(")", " ) ").split()
    return _either(words, allowed)


def _either(words: list[str], allowed: frozenset[str]) -> bool:
    good = _both(words, allowed)
    while words and words[0] == "OR":
        words.pop(0)
        good = _both(words, allowed) or good
    return good


def _both(words: list[str], allowed: frozenset[str]) -> bool:
    good = _one(words, allowed)
    while words and words[0] == "AND":
        words.pop(0)
        good = _one(words, allowed) and good
    return good


def _one(words: list[str], allowed: frozenset[str]) -> bool:
    word = words.pop(0)
    if word == "(":
        good = _either(words, allowed)
        words.pop(0)
        return good
    if words and words[0] == "WITH":
        del words[:2]
    return word in allowed


def judged(name: str, version: str, licence: str, rules: Rules) -> Finding:
    """A package by the rules; an exception counts for the licence that was reviewed and for no other."""
    reviewed = rules.exceptions.get(name)
    if permitted(licence, rules.allowed):
        return Finding(name, version, licence)
    if reviewed is not None and (licence == reviewed.licence or (licence == UNKNOWN and not reviewed.stated)):
        return Finding(name, version, reviewed.licence, f"{reviewed.reason} ({reviewed.reviewed})")
    problem = f"{name} {version}: licence {licence} is not allowed; replace it, or review it in licences.toml"
    return Finding(name, version, licence, problem=problem)


def findings(root: Path, rules: Rules) -> list[Finding]:
    """Of everything that runs, by name; raises `ReleaseError` as `closure` does."""
    return [
        judged(name, package.version, licence_of(metadata(name), rules.aliases), rules)
        for name, package in closure(root).items()
    ]


def unused(found: Iterable[Finding], rules: Rules) -> list[str]:
    """Exceptions that nothing needs: what was reviewed is not what ships."""
    return sorted(rules.exceptions.keys() - {one.name for one in found if one.note})


def report(found: Iterable[Finding]) -> str:
    """A table in Markdown."""
    rows = [f"| {one.name} | {one.version} | {one.licence} | {one.note or one.problem} |\n" for one in found]
    head = "# Licences of what a release ships\n\n| package | version | licence | note |\n|---|---|---|---|\n"
    return head + "".join(rows)


def main() -> int:
    """Print or write the report; 1 if something may not ship."""
    parser = argparse.ArgumentParser(description="Licences of what a release ships.")
    parser.add_argument("--out", type=Path, help="file for the report; left out, it is printed")
    out = parser.parse_args().out
    root = Path(__file__).parents[1]
    rules = read_rules(root / "tools" / "licences.toml")
    found = findings(root, rules)
    if out is None:
        print(report(found), end="")
    else:
        out.write_text(report(found), encoding="utf-8")
    problems = [one.problem for one in found if one.problem]
    problems += [
        f"{name}: has an exception in licences.toml that it does not need" for name in unused(found, rules)
    ]
    for problem in problems:
        print(f"licences: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
