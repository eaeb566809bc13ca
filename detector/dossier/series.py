"""What is counted of the traffic, under which names."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP: Final = 300_000
"""ms of event time in a step."""

EVENTS: Final = "events"
ALERTS: Final[Mapping[str, str]] = MappingProxyType(
    {"account": "alerts.account", "campaign": "alerts.campaign"}
)
"""First revisions of alerts by kind."""
ACTIVE: Final = "accounts.active"
"""Accounts with an event in the step."""
OPEN: Final = "accounts.open"
"""Accounts that are held to be distilling at the end of the step."""
CAMPAIGNS: Final = "campaigns.open"
FIELDS: Final = "fields."
"""Before a field's name: events that had it, to be divided by `EVENTS`."""

STANDING: Final = frozenset({ACTIVE, OPEN, CAMPAIGNS})
"""Of these several steps have the largest; of all others the sum."""
