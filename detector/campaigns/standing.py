"""What is known of one campaign between ticks, and how that becomes a campaign and its alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.alert import Alert, Reason
from detector.campaigns.actions import NOTHING, action, techniques
from detector.campaigns.campaign import Campaign
from detector.campaigns.evidence import Evidence, reasons
from detector.campaigns.indicators import ADVISORY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.alert import Status
    from detector.campaigns.campaign import Indicator


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as its alert last told of it."""

    campaign_id: str
    members: NDArray[np.int64]
    """account rows, ascending"""
    score: float
    relay_share: float
    shown: Evidence
    indicators: tuple[Indicator, ...]
    migrated_from: tuple[str, ...]
    first_alert: int
    updated: int
    revision: int
    status: Status = "open"
    merged: tuple[str, ...] = ()
    into: str | None = None
    """the campaign that this one turned out to be part of"""
    split_from: str | None = None

    @property
    def label(self) -> str:
        """All members are held to be distilling, until none is."""
        return "distillation" if self.status == "open" or self.into is not None else "benign"

    @property
    def action(self) -> str:
        """The next step."""
        if self.into is not None:
            return f"see {self.into}, which this campaign is part of"
        if self.status == "cleared":
            return NOTHING
        migrated = len(self.migrated_from) > 0
        return action(self.score, self.relay_share, migrated=migrated, shared=self.shown.objects)

    def campaign(self) -> Campaign:
        """As everybody sees it."""
        return Campaign(
            campaign_id=self.campaign_id,
            label=self.label,
            score=self.score,
            status=self.status,
            first_alert=self.first_alert,
            updated=self.updated,
            members=tuple(self.members.tolist()),
            requests=self.shown.shared,
            evidence=self.shown.objects,
            indicators=self.indicators,
            action=self.action,
            migrated_from=self.migrated_from,
            merged=self.merged,
            split_from=self.split_from,
            merged_into=self.into,
        )

    def alert(self, accounts: int, model_id: str, *, shadow: bool) -> Alert:
        """The revision of its alert that tells of it; `accounts` are all that were seen."""
        return Alert(
            subject_id=self.campaign_id,
            kind="campaign",
            revision=self.revision,
            time=self.updated,
            label=self.label,
            score=self.score,
            status=self.status,
            reasons=self._reasons(accounts),
            model_id=model_id,
            shadow=shadow,
            techniques=techniques(self.label) if self.status == "open" else (),
        )

    def _reasons(self, accounts: int) -> tuple[Reason, ...]:
        if self.into is not None:
            return (Reason("merged", 0.0, f"now part of {self.into}"),)
        if self.status == "cleared":
            return (Reason("cleared", 0.0, "none of those who were its members is alerted any more"),)
        moved = len(self.migrated_from)
        return (
            *reasons(self.shown, len(self.members), accounts),
            *([Reason("migrated", 0.0, _taken_up(moved))] if moved else ()),
            *(Reason(_code(one), 0.0, one.detail) for one in self.indicators),
        )


def _taken_up(moved: int) -> str:
    return (
        "members that were new or had been idle took up the work of "
        f"{moved:,} that were banned or fell silent, within a day"
    )


def _code(seen: Indicator) -> str:
    return f"indicator_{seen.code}" if seen.code in ADVISORY else seen.code
