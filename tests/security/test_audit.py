from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tools.audit import (
    IGNORED,
    NOT_AUDITED,
    SERVICES,
    VULNERABLE,
    AuditError,
    Ignored,
    asked,
    looked,
    packages_of,
    read_ignored,
    verdict,
)

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
PACKAGES = ("alpha", "beta")


def report(**vulns: list[dict[str, Any]]) -> bytes:
    """As pip-audit writes it of packages that its service knows."""
    told = [{"name": name, "version": "1.0", "vulns": found} for name, found in vulns.items()]
    return json.dumps({"dependencies": told, "fixes": []}).encode()


def vuln(**more: Any) -> dict[str, Any]:
    """One advisory."""
    return {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"], "description": "", **more}


def test_what_was_looked_up_and_is_clean_passes() -> None:
    """The counts are told."""
    code, (said,) = verdict(looked(report(alpha=[], beta=[]), PACKAGES), [], TODAY)
    assert (code, said[:10]) == (0, "2 packages")


def test_an_advisory_fails_with_its_remedy() -> None:
    """All names of it, and the release that mends it."""
    code, (said,) = verdict(looked(report(alpha=[vuln()], beta=[]), PACKAGES), [], TODAY)
    assert code == VULNERABLE
    assert said == "alpha 1.0: PYSEC-1, CVE-1; use 1.1"


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-1"])
def test_an_exemption_holds_for_its_package_until_its_day(name: str) -> None:
    """By any name of the advisory; not for another package, and not a day longer."""
    found = looked(report(alpha=[vuln()], beta=[]), PACKAGES)
    assert verdict(found, [Ignored(name, "alpha", "why", TODAY)], TODAY)[0] == 0
    assert verdict(found, [Ignored(name, "beta", "why", TODAY)], TODAY)[0] == VULNERABLE
    assert verdict(found, [Ignored(name, "alpha", "why", date(2026, 11, 21))], TODAY)[0] == VULNERABLE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no network",
        b"{}",
        json.dumps({"dependencies": [{"name": "alpha", "skip_reason": "not found"}]}).encode(),
        report(alpha=[]),
    ],
)
def test_what_was_not_looked_up_is_never_taken_for_clean(answer: bytes) -> None:
    """No answer, no report, or packages that the service skipped: pip-audit ends with 0 on the last two."""
    code, (said,) = verdict(looked(answer, PACKAGES), [], TODAY)
    assert code == NOT_AUDITED
    assert said.startswith("NOT AUDITED")


def test_the_next_service_is_asked_where_one_knows_too_little(tmp_path: Path) -> None:
    """The first complete answer counts."""
    lock = tmp_path / "a.lock"
    lock.write_text("alpha==1.0 \\\n    --hash=sha256:00\nbeta[extra]==1.0 \\\n    --hash=sha256:00\n")
    assert packages_of(lock.read_text()) == list(PACKAGES)
    answers = {SERVICES[0]: report(alpha=[]), SERVICES[1]: report(alpha=[], beta=[])}
    found = asked(lock, lambda _, service: answers[service])
    assert (found.audited, found.skipped) == (2, [])


@pytest.mark.parametrize("left_out", ["id", "package", "reason", "until"])
def test_an_exemption_says_why_and_until_when(left_out: str) -> None:
    """Each of its four fields is needed; the place is told."""
    lines = {"id": '"A"', "package": '"b"', "reason": '"c"', "until": "2027-01-01"}
    text = "[[ignored]]\n" + "".join(
        f"{name} = {value}\n" for name, value in lines.items() if name != left_out
    )
    with pytest.raises(AuditError, match=rf"ignored\[0\]\.{left_out}"):
        read_ignored(text, "audit.toml")


def test_exemptions_of_this_repository_can_be_read() -> None:
    """And none has ended."""
    assert all(one.reason for one in read_ignored(IGNORED.read_text(), IGNORED.name))
