"""A finding as exports see it: what the detector said, what people made of it, and what is known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from detector.casework.severity import Stakes, severity_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.casework.records import Case
    from detector.dossier.records import AccountDossier, CampaignDossier

Activity = Literal["create", "update", "close"]
ACTIVITIES: Final[tuple[Activity, ...]] = ("create", "update", "close")


@dataclass(frozen=True, slots=True)
class Product:
    """Who reports."""

    version: str
    name: str = "Stillwatch"
    vendor: str = "Stillwatch"
    operator: str = ""
    """whose models are asked; empty: nobody said"""


@dataclass(frozen=True, slots=True)
class Finding:
    """An alert, its case and its dossier at one moment; frozen, so that it reads the same in every format."""

    alert: Mapping[str, Any]
    """a revision, as `detector.alert.Alert.to_json` has it"""
    case: Case | None
    dossier: AccountDossier | CampaignDossier | None
    activity: Activity
    revision: int
    """counts what is reported of one alert or one case"""
    product: Product

    @property
    def alert_id(self) -> str:
        """The same for every revision."""
        return str(self.alert["alert_id"])

    @property
    def subject_id(self) -> str:
        """An account's or a campaign's."""
        return str(self.alert["subject_id"])

    @property
    def is_campaign(self) -> bool:
        """Or it is about an account."""
        return bool(self.alert["kind"] == "campaign")

    @property
    def label(self) -> str:
        """What the subject does."""
        return str(self.alert["label"])

    @property
    def score(self) -> float:
        """Calibrated probability."""
        return float(self.alert["score"])

    @property
    def time(self) -> int:
        """End of the tick that made the revision, ms."""
        return parsed_time(str(self.alert["time"]))

    @property
    def severity(self) -> int:
        """1 to 5 as OCSF counts: the case's, or by the rules of cases where there is none yet."""
        if self.case is not None:
            return self.case.severity
        kind, status = str(self.alert["kind"]), str(self.alert["status"])
        return severity_of(Stakes(kind, self.label, self.score, status, self.accounts, self.leaked))

    @property
    def campaign_id(self) -> str | None:
        """The campaign that the account is in, or the campaign itself."""
        if self.is_campaign:
            return self.subject_id
        known = [one.campaign_id for one in (self.case, self.dossier) if one is not None]
        return next((name for name in known if name), None)

    @property
    def first_seen(self) -> int:
        """First request of the subject, ms; the alert's own time where nothing else is known."""
        known = self.dossier or self.case
        return self.time if known is None else known.first_seen

    @property
    def last_seen(self) -> int:
        """Last request of the subject, ms; the alert's own time where nothing else is known."""
        known = self.dossier or self.case
        return self.time if known is None else max(known.last_seen, known.first_seen)

    @property
    def exchanges(self) -> int:
        """Answered requests; 0 where nothing is known."""
        if self.dossier is not None:
            return self.dossier.answered
        return 0 if self.case is None else self.case.exchanges

    @property
    def leaked(self) -> int:
        """Those answered before the first alert; 0 where nothing is known."""
        known = self.dossier or self.case
        return 0 if known is None else known.leaked

    @property
    def accounts(self) -> int:
        """How many accounts it is about."""
        if not self.is_campaign:
            return 1
        sizes = [getattr(one, "accounts", 0) for one in (self.dossier, self.case) if one is not None]
        return max(sizes, default=0)


def decoded(body: bytes) -> dict[str, Any]:
    """An alert's JSON; half surrogate pairs, which no other format can hold, become question marks."""
    sound = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
    found: dict[str, Any] = json.loads(sound)
    return found


def parsed_time(text: str) -> int:
    """Ms since the epoch from RFC 3339."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
