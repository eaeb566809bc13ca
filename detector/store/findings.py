"""What the leader concludes from closed ticks, and how readers get it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


Stream = Literal["alerts", "verdicts", "letters"]
"""What sinks deliver, each with versions or numbers of its own."""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One revision of an alert."""

    alert_id: str
    revision: int
    time: int
    """end of the tick that made it, ms"""
    kind: str
    subject_id: str
    label: str
    score: float
    status: str
    body: bytes
    """the whole of it, JSON"""


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """What is thought of an account from a tick on."""

    account_id: str
    label: str
    score: float
    status: str
    campaign_id: str | None
    time: int
    """end of the tick that changed it, ms"""


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """A campaign as a tick left it."""

    campaign_id: str
    status: str
    label: str
    score: float
    time: int
    """end of the tick that changed it, ms"""
    body: bytes
    """the whole of it, JSON"""


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """What is known of an account or a campaign, as people look at it."""

    kind: str
    subject_id: str
    time: int
    """end of the tick that it is of, ms"""
    body: bytes
    """as `detector.dossier.bodies` writes it"""
    objects: Sequence[tuple[str, int]] = ()
    """what an account shows that others show as well, and in how many requests"""


@dataclass(frozen=True, slots=True)
class MeasurementRecord:
    """How a subject stood in a step of time; a later one of the same step takes its place."""

    kind: str
    subject_id: str
    time: int
    """when the step began, ms"""
    score: float
    exchanges: int
    leaked: int
    accounts: int
    coverage: float | None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A number about the traffic in a step of time; a later one of the same step takes its place."""

    name: str
    time: int
    """when the step began, ms"""
    value: float


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that closed ticks changed, up to and with `tick`; each sequence in order of time."""

    tick: int
    alerts: Sequence[AlertRecord] = ()
    verdicts: Sequence[VerdictRecord] = ()
    campaigns: Sequence[CampaignRecord] = ()
    dossiers: Sequence[DossierRecord] = ()
    measurements: Sequence[MeasurementRecord] = ()
    series: Sequence[SeriesPoint] = ()


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """A revision under its version: 1, 2, 3, … without gaps, in the order of conclusion."""

    version: int
    alert: AlertRecord


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict under the version of its change: numbers without gaps, of which the latest stands."""

    version: int
    verdict: VerdictRecord


@dataclass(frozen=True, slots=True)
class Leadership:
    """Who leads and how far it came."""

    owner: str | None
    lease: int
    until: int
    """end of the lease, ms of the wall clock"""
    closed: int | None
    """last closed tick"""
    concluded: int | None
    """last tick whose findings are stored"""
    checkpoint: int | None
    """tick of the last checkpoint"""
    alerts: int
    """version of the latest alert"""
    verdicts: int
    """version of the latest change of a verdict"""
