"""Which findings a sink gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.exports.finding import Finding
    from detector.exports.sinks.sink import Selection


def matches(selection: Selection, finding: Finding, *, told: bool = False) -> bool:
    """Whether a finding is what a sink asked for.

    What a sink was `told` of once, it is told to the end: that it became harmless is news, too.
    """
    return (
        (not selection.kinds or finding.alert["kind"] in selection.kinds)
        and (not selection.labels or finding.label in selection.labels)
        and (told or finding.severity >= selection.severity)
        and finding.activity in selection.on
    )
