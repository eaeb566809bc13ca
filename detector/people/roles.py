"""Who may do what."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["viewer", "analyst", "senior", "admin", "service"]
Permission = Literal[
    "look",  # cases, dossiers and the overview
    "triage",  # status, verdict, assignee, comments, tags, merges, own views
    "except",  # allow-list entries and snoozes
    "except_widely",  # those of organisations and detectors, and bulk changes
    "reveal",  # content of samples
    "export",  # downloads
    "sinks",  # where findings are sent to
    "audit",  # the record of who did what
    "enforce",  # mode, policy, promotion of models
    "people",  # accounts of people
]

_VIEWER: Final[tuple[Permission, ...]] = ("look",)
_ANALYST: Final[tuple[Permission, ...]] = (*_VIEWER, "triage", "except", "export")
_SENIOR: Final[tuple[Permission, ...]] = (*_ANALYST, "except_widely", "reveal", "audit")

RIGHTS: Final[dict[Role, frozenset[Permission]]] = {
    "viewer": frozenset(_VIEWER),
    "analyst": frozenset(_ANALYST),
    "senior": frozenset(_SENIOR),
    "admin": frozenset((*_SENIOR, "sinks", "enforce", "people")),
    "service": frozenset(_ANALYST),
}
"""A service is a program with an API key of the scope `triage`."""
ROLES: Final[tuple[Role, ...]] = ("viewer", "analyst", "senior", "admin", "service")
PERSONAL: Final[tuple[Role, ...]] = ROLES[:-1]
"""Those that a person may have, each with the rights of the one before."""


def may(role: Role, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission in RIGHTS[role]
