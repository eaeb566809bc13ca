"""What the hook keeps in the store, and how it gets it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

ControlKind = Literal[
    "mode",
    "policy",
    "allow",
    "allow_campaign",
    "allow_organisation",
    "allow_detector",
    "undo",
    "key",
    "calibration",
]
"""the mode · the policy · an allow-listed account, campaign, organisation or detector · a verdict that was
undone · an API key · whether the thresholds in use are calibrated"""
SubjectKind = Literal["api_key", "end_user"]


@dataclass(frozen=True, slots=True)
class Control:
    """What somebody decided. One of a kind and subject takes the place of the one before."""

    kind: ControlKind
    subject: str
    """an account or whatever the kind names by its id; empty where there is only one"""
    body: bytes | None
    """JSON; None: it is taken back"""


@dataclass(frozen=True, slots=True)
class StoredControl:
    """A control under the version of its change: 1, 2, 3, … without gaps."""

    version: int
    control: Control


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A change of a control: who, when, from, to and why."""

    version: int
    control: Control
    before: bytes | None
    author: str
    why: str
    recorded: int
    """ms of the wall clock"""


@dataclass(frozen=True, slots=True)
class Link:
    """An API key or an end user belongs to an account."""

    kind: SubjectKind
    subject: str
    account_id: str


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link under the version of its change."""

    version: int
    link: Link


class HookStore(Protocol):
    """What the hook and those who command it need."""

    def control(self, controls: Sequence[Control], author: str, why: str, now: int) -> int:
        """Let controls count from now on, all or none, and keep the change for good; the latest version."""
        ...

    def controls(self, after: int, limit: int, kind: ControlKind | None = None) -> list[StoredControl]:
        """Latest controls by version, of those after `after` (0: all) the first `limit`; also taken back.

        Of one kind, if it is named.
        """
        ...

    def control_history(self, after: int, limit: int) -> list[AuditEntry]:
        """Changes by version, of those after `after` the first `limit`."""
        ...

    def link(self, links: Sequence[Link]) -> None:
        """Remember whose keys and end users are whose; what is known already stays as it is."""
        ...

    def links(self, after: int, limit: int) -> list[StoredLink]:
        """Links by version, of those after `after` the first `limit`."""
        ...

    def keep_links(self, most: int) -> int:
        """Forget the oldest links beyond `most`; how many."""
        ...
