"""ArcSight's Common Event Format, version 0: one line for a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from detector.exports import wording

if TYPE_CHECKING:
    from detector.exports.finding import Finding

_LONGEST: Final = 1023
"""Characters that a string of an extension may have."""
# Anything but a line's end would break a syslog line in two or end it early; those are escaped.
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def cef(finding: Finding) -> str:
    """`CEF:0|…`, without a line's end."""
    head = (
        finding.product.vendor,
        finding.product.name,
        finding.product.version,
        f"{finding.label}.{finding.alert['kind']}",
        wording.title(finding),
        str(2 * finding.severity),
    )
    said = " ".join(f"{name}={escape_value(value)}" for name, value in _extension(finding).items() if value)
    return f"CEF:0|{'|'.join(map(escape_header, head))}|{said}"


def escape_header(text: str) -> str:
    """For a field of the header: one line, backslashes and bars escaped."""
    one_line = re.sub(r"[\r\n]+", " ", _CONTROLS.sub(" ", text))
    return one_line.replace("\\", "\\\\").replace("|", "\\|")


def escape_value(text: str) -> str:
    """For a value of the extension: backslashes, equals signs and ends of lines escaped."""
    plain = _CONTROLS.sub(" ", text)[:_LONGEST]
    plain = plain.replace("\\", "\\\\").replace("=", "\\=")
    return plain.replace("\n", "\\n").replace("\r", "\\r")


def _extension(finding: Finding) -> dict[str, str]:
    times = {"rt": finding.time, "start": finding.first_seen, "end": finding.last_seen}
    numbers = {"requests": finding.exchanges, "leaked": finding.leaked, "accounts": finding.accounts}
    return {
        **{name: str(time) for name, time in times.items()},
        "externalId": finding.alert_id,
        "cat": finding.label,
        "act": finding.activity,
        "outcome": wording.status_name(finding),
        "suid": "" if finding.is_campaign else finding.subject_id,
        **_labelled("cs", _texts(finding)),
        **_labelled("cn", {name: str(value) for name, value in numbers.items()}),
        **_labelled("cfp", {"score": f"{finding.score:.6f}"}),
        "reason": "; ".join(wording.evidence(finding)[:3]),
        "msg": wording.sentence(finding),
    }


def _texts(finding: Finding) -> dict[str, str]:
    return {
        "campaign": finding.campaign_id or "",
        "techniques": " ".join(finding.alert.get("techniques", ())),
        "verdict": wording.verdict_name(finding),
        "model": str(finding.alert.get("model_id", "")),
    }


def _labelled(prefix: str, values: dict[str, str]) -> dict[str, str]:
    """Custom fields: a value under a number, and beside it what it means."""
    found: dict[str, str] = {}
    for number, (name, value) in enumerate(values.items(), 1):
        if value:
            found |= {f"{prefix}{number}Label": name, f"{prefix}{number}": value}
    return found
