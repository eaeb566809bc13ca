"""Techniques of MITRE ATLAS, as far as findings name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SITE: Final = "https://atlas.mitre.org/techniques"


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique under its tactic; of a sub-technique, also the technique that it is of."""

    uid: str
    name: str
    tactic_uid: str
    tactic: str
    parent_uid: str | None = None
    parent: str | None = None

    @property
    def url(self) -> str:
        """Where it is described."""
        return f"{_SITE}/{self.uid}"


_KNOWN: Final = (
    Technique(
        "AML.T0024.002",
        "Extract AI Model",
        "AML.TA0010",
        "Exfiltration",
        "AML.T0024",
        "Exfiltration via AI Inference API",
    ),
    Technique("AML.T0040", "AI Model Inference API Access", "AML.TA0000", "AI Model Access"),
)


def technique(uid: str) -> Technique:
    """By its id; of another release's, nothing but the id is known."""
    unknown = Technique(uid, uid, "", "")
    return next((one for one in _KNOWN if one.uid == uid), unknown)
