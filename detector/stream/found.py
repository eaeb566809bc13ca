"""What ticks changed and is not stored yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from detector.store.findings import Findings

if TYPE_CHECKING:
    from detector.store.findings import (
        AlertRecord,
        CampaignRecord,
        DossierRecord,
        MeasurementRecord,
        SeriesPoint,
        VerdictRecord,
    )
    from detector.stream.dossiers import Noted

MANY: Final = 4096
"""Dossiers that do not wait for more."""


@dataclass(slots=True)
class Found:
    """Used by the leader, between two of its transactions."""

    alerts: list[AlertRecord] = field(default_factory=list)
    verdicts: list[VerdictRecord] = field(default_factory=list)
    campaigns: list[CampaignRecord] = field(default_factory=list)
    dossiers: list[DossierRecord] = field(default_factory=list)
    measurements: list[MeasurementRecord] = field(default_factory=list)
    series: list[SeriesPoint] = field(default_factory=list)

    @property
    def is_due(self) -> bool:
        """Whether it should be stored at once: somebody waits for alerts, and dossiers take memory."""
        return len(self.alerts) > 0 or len(self.dossiers) >= MANY

    def add(self, noted: Noted) -> None:
        """What a tick gives people to look at."""
        self.dossiers += noted.dossiers
        self.measurements += noted.measurements
        self.series += noted.series

    def findings(self, tick: int) -> Findings:
        """All of it, up to and with `tick`."""
        return Findings(
            tick,
            tuple(self.alerts),
            tuple(self.verdicts),
            tuple(self.campaigns),
            tuple(self.dossiers),
            tuple(self.measurements),
            tuple(self.series),
        )
