"""Alerts: what was found, when, why, and how it is named elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

Kind = Literal["account", "campaign"]
Status = Literal["open", "cleared"]

TECHNIQUES: Final = {
    "extraction": "AML.T0024.002",  # Exfiltration via AI Inference API: extract AI model
    "access": "AML.T0040",  # AI Model Inference API Access
}
"""MITRE ATLAS techniques by what an alert shows."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: parts of a score add up to its logit."""

    code: str
    """name of the feature"""
    weight: float
    """what the feature adds to the logit, against an unremarkable account"""
    detail: str
    """the account's value, its unit and what is usual in its cohort"""

    def to_json(self) -> dict[str, Any]:
        """As in the output contract."""
        return {"code": self.code, "weight": round(self.weight, 4), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Alert:
    """A revision of an alert. `time` is the end of the tick that made it, in ms."""

    subject_id: str
    kind: Kind
    revision: int
    time: int
    label: str
    score: float
    status: Status
    reasons: tuple[Reason, ...]
    model_id: str
    shadow: bool
    techniques: tuple[str, ...] = ()

    @property
    def alert_id(self) -> str:
        """The same for every revision, in every run: two alerts about one subject are one alert."""
        said = f"{self.kind}\0{self.subject_id}".encode()
        return "alr_" + hashlib.blake2b(said, digest_size=10, person=b"stillwatch-alert").hexdigest()

    def to_json(self) -> dict[str, Any]:
        """As in the output contract, with what it leaves open added."""
        return {
            "alert_id": self.alert_id,
            "revision": self.revision,
            "time": timestamp(self.time),
            "kind": self.kind,
            "subject_id": self.subject_id,
            "label": self.label,
            "score": round(self.score, 6),
            "status": self.status,
            "shadow": self.shadow,
            "techniques": list(self.techniques),
            "reasons": [reason.to_json() for reason in self.reasons],
            "model_id": self.model_id,
        }


def timestamp(ms: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
