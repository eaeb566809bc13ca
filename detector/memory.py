"""What the engine remembers in small objects, beside its arrays: bans, releases and campaigns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.bans import Bans
from detector.campaigns.absences import Absences
from detector.campaigns.campaign import Campaign, Indicator, SharedObject
from detector.campaigns.changes import Seen
from detector.campaigns.evidence import Evidence
from detector.campaigns.groups import Group
from detector.campaigns.history import History
from detector.campaigns.identity import Identities
from detector.campaigns.notices import Notices, Told
from detector.campaigns.pools import Pools
from detector.campaigns.releases import Release, Releases, Uptake
from detector.campaigns.standing import Standing
from detector.campaigns.tracker import Campaigns
from detector.campaigns.watched import Watched
from features.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT: Final[Mapping[str, type]] = MappingProxyType(
    {
        kept.__name__: kept
        for kept in (
            Absences, Bans, Campaign, Campaigns, Evidence, Group, History, Identities, Indicator, Notices,
            Pools, Release, Releases, Seen, SharedObject, Standing, Told, Uptake, Watched,
        )
    }
)  # fmt: skip


def memory(outside: Mapping[str, object]) -> Graph:
    """How to take and restore it; `outside` are the objects that it shares with others."""
    return Graph(_KEPT, outside)
