"""A finding as JSON of our own: nothing left out, nothing renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from detector.exports.finding import Finding


def plain(finding: Finding) -> dict[str, Any]:
    """Alert, case and dossier side by side; times of the latter two are ms since the epoch."""
    return {
        "activity": finding.activity,
        "revision": finding.revision,
        "alert": dict(finding.alert),
        "case": msgspec.to_builtins(finding.case),
        "dossier": msgspec.to_builtins(finding.dossier),
        "product": msgspec.to_builtins(finding.product),
    }
