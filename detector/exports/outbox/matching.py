"""Which findings a sink gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.exports.finding import Finding
    from detector.exports.sinks.sink import Selection


def matches(selection: Selection, finding: Finding) -> bool:
    """Whether a finding is what a sink asked for."""
    return (
        (not selection.kinds or finding.alert["kind"] in selection.kinds)
        and (not selection.labels or finding.label in selection.labels)
        and finding.severity >= selection.severity
        and finding.activity in selection.on
    )
