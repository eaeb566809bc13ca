"""Findings as CSV (RFC 4180), a row at a time, that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from detector.alert import timestamp
from detector.exports import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detector.exports.finding import Finding

COLUMNS: Final = (
    "alert_id", "kind", "subject_id", "campaign_id", "label", "severity", "score", "status", "verdict",
    "assignee", "accounts", "exchanges", "leaked", "first_seen", "last_seen", "time", "revision", "shadow",
    "techniques", "tags", "summary",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - as some spreadsheets read them
_BUFFERED: Final = 1 << 16


def csv_chunks(findings: Iterable[Finding]) -> Iterator[bytes]:
    """UTF-8 with a row of names first, in pieces of about 64 KiB."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        writer.writerow([cell(value) for value in _row(finding)])
        if buffer.tell() >= _BUFFERED:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def cell(text: str) -> str:
    """What a spreadsheet would reckon gets a quote before it (CWE-1236); NUL, which it cannot read, goes."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.startswith(_FORMULAS) else plain


def _row(finding: Finding) -> list[str]:
    alert, case = finding.alert, finding.case
    return [
        finding.alert_id,
        str(alert["kind"]),
        finding.subject_id,
        finding.campaign_id or "",
        finding.label,
        wording.severity_name(finding),
        f"{finding.score:.6f}",
        wording.status_name(finding),
        (case.verdict if case else None) or "",
        (case.assignee if case else None) or "",
        str(finding.accounts),
        str(finding.exchanges),
        str(finding.leaked),
        timestamp(finding.first_seen),
        timestamp(finding.last_seen),
        timestamp(finding.time),
        str(alert["revision"]),
        "yes" if alert.get("shadow") else "no",
        " ".join(alert.get("techniques", ())),
        " ".join(case.tags if case else ()),
        wording.sentence(finding),
    ]
