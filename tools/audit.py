"""Known vulnerabilities of locked dependencies: `python -m tools.audit [LOCK…]`, by pip-audit.

Ends with 0 where all of them were looked up and none has an advisory that is not ignored (`audit.toml`), with
1 where one has or an exemption has ended, and with 3 where some could not be looked up: no advisory service
was reached, or the index in use knows none. pip-audit itself calls that "no known vulnerabilities". With
`--when-reachable` this is told and ends with 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LOCKS: Final = (Path("requirements.lock"), Path("client/requirements.lock"))
IGNORED: Final = Path(__file__).with_suffix(".toml")
SERVICES: Final = ("pypi", "osv")
"""Asked in this order, until one knows all packages."""
VULNERABLE: Final = 1
NOT_AUDITED: Final = 3
_SECONDS: Final = 900
_SHOWN: Final = 5


class AuditError(Exception):
    """Says what is wrong with the file of exemptions, where, and the remedy."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An advisory that may pass until a day."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Advisory:
    """What is known against a package; `ids` begins with the advisory's own."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one service knew of one lock."""

    audited: int
    advisories: list[Advisory]
    skipped: list[str]
    """packages that were not looked up; all of them where no service answered"""


def read_ignored(text: str, place: str) -> list[Ignored]:
    """The exemptions of a file; raises `AuditError` for one without a reason or an end."""
    found = []
    for number, one in enumerate(tomllib.loads(text).get("ignored", [])):
        at = f"{place}: ignored[{number}]"
        for name, kind in (("id", str), ("package", str), ("reason", str), ("until", date)):
            if not isinstance(one.get(name), kind) or not one[name]:
                raise AuditError(f"{at}.{name}: missing, or no {kind.__name__}; see the head of the file")
        found.append(Ignored(one["id"], one["package"], one["reason"], one["until"]))
    return found


def looked(report: bytes, packages: Sequence[str]) -> Looked:
    """What pip-audit wrote (JSON) about `packages`; what is no report leaves all of them unaudited."""
    try:
        told = msgspec.json.decode(report)["dependencies"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return Looked(0, [], list(packages))
    known = [one for one in told if "skip_reason" not in one]
    seen = {one["name"] for one in known}
    advisories = [_advisory(one, vuln) for one in known for vuln in one["vulns"]]
    return Looked(len(known), advisories, [name for name in packages if name not in seen])


def packages_of(lock: str) -> list[str]:
    """The packages that a lock pins."""
    lines = [line for line in lock.splitlines() if line[:1].isalnum()]
    return [line.partition("==")[0].partition("[")[0].strip().lower() for line in lines]


def verdict(found: Looked, ignored: Iterable[Ignored], today: date) -> tuple[int, list[str]]:
    """How to end, and what to say."""
    exempt = {(one.package, one.id): one for one in ignored}
    ended = [one for one in exempt.values() if one.until < today]
    said = [f"{one.package}: exemption of {one.id} ended on {one.until}; decide anew" for one in ended]
    for advisory in found.advisories:
        if not any((advisory.package, name) in exempt for name in advisory.ids):
            remedy = f"use {' or '.join(advisory.fixed)}" if advisory.fixed else "no release mends it yet"
            said.append(f"{advisory.package} {advisory.version}: {', '.join(advisory.ids)}; {remedy}")
    if said:
        return VULNERABLE, said
    if found.skipped:
        some = ", ".join(found.skipped[:_SHOWN])
        return NOT_AUDITED, [f"NOT AUDITED: {len(found.skipped)} packages ({some}, …)"]
    return 0, [f"{found.audited} packages, no advisory that is not ignored"]


def asked(lock: Path, ask: Callable[[Path, str], bytes]) -> Looked:
    """Of the services' answers the first that is complete, or the one that leaves least out."""
    packages = packages_of(lock.read_text(encoding="utf-8"))
    best = Looked(0, [], packages)
    for service in SERVICES:
        found = looked(ask(lock, service), packages)
        if found.advisories or len(found.skipped) < len(best.skipped):
            best = found
        if not best.skipped:
            break
    return best


def pip_audit(lock: Path, service: str) -> bytes:
    """What pip-audit says of a lock."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip",
        "--progress-spinner", "off", "--format", "json", "--vulnerability-service", service,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout


def main() -> int:
    """Audit locks."""
    parser = argparse.ArgumentParser(description="Look for known vulnerabilities of locked dependencies.")
    parser.add_argument("locks", nargs="*", type=Path, default=LOCKS)
    parser.add_argument("--when-reachable", action="store_true", help="end with 0 where none was reached")
    options = parser.parse_args()
    ignored = read_ignored(IGNORED.read_text(encoding="utf-8"), IGNORED.name)
    codes = []
    for lock in options.locks:
        code, said = verdict(asked(lock, pip_audit), ignored, datetime.now(UTC).date())
        codes.append(code)
        print("\n".join(f"{lock}: {line}" for line in said))
    return _ended(codes, when_reachable=options.when_reachable)


def _ended(codes: list[int], *, when_reachable: bool) -> int:
    if VULNERABLE in codes:
        return VULNERABLE
    if NOT_AUDITED not in codes:
        return 0
    print(
        "The advisory services were not reached, or the index in use knows no advisories: nothing is known "
        "about these packages. Audit them where the services are reached before anything is released."
    )
    return 0 if when_reachable else NOT_AUDITED


def _advisory(package: Any, vuln: Any) -> Advisory:
    ids = (vuln["id"], *vuln.get("aliases", ()))
    return Advisory(package["name"], package["version"], ids, tuple(vuln.get("fix_versions", ())))


if __name__ == "__main__":
    raise SystemExit(main())
