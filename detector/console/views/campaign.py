"""A campaign's dossier as its page shows it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from detector.campaigns.kinds import kind_name
from detector.console.views.growth import coverage_plot, exchange_plot, score_plot
from detector.console.views.network import network
from detector.evaluate.leakage import MARKS
from detector.report.charts import HEIGHT, WIDTH, Chart, timeline
from detector.report.graph import WIDTH as GRAPH_WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import CampaignDossier, Measurement

MEMBERS: Final = 25
"""on a page"""


def campaign_view(
    dossier: CampaignDossier | None, history: Sequence[Measurement], page: int
) -> dict[str, Any]:
    """Values of the template; of a campaign without a dossier, only its history. `page` is of members."""
    first = dossier.first_alert if dossier else 0
    grown = {
        "score": score_plot(history, first) if history else None,
        "exchanges": exchange_plot(history, first) if history else None,
        "coverage": coverage_plot(history),
        "marks": MARKS,
        "kind_name": kind_name,
    }
    if dossier is None:
        return grown | {"dossier": None}
    pages = max(1, -(-len(dossier.members) // MEMBERS))
    at = min(page, pages - 1)
    return grown | {
        "dossier": dossier,
        "timeline": _timeline(dossier, history),
        "width": WIDTH,
        "height": HEIGHT,
        "graph": network(dossier, 0),
        "graph_width": GRAPH_WIDTH,
        "members": dossier.members[at * MEMBERS : (at + 1) * MEMBERS],
        "page": at,
        "pages": pages,
        "heaviest": max((one.weight for one in dossier.objects), default=0.0) or 1.0,
        "infrastructure_most": max((one.requests for one in dossier.infrastructure), default=0) or 1,
    }


def _timeline(dossier: CampaignDossier, history: Sequence[Measurement]) -> Chart | None:
    """Answered exchanges by the time in which they came, with what happened to the campaign marked."""
    grown = [
        (later.time, later.exchanges - earlier.exchanges)
        for earlier, later in pairwise(history)
        if later.exchanges > earlier.exchanges
    ]
    if not grown:
        return None
    known = [one for one in dossier.moments if history[0].time < one.time <= grown[-1][0]]
    return timeline(grown, [(one.time, f"{one.kind}: {one.detail}") for one in known])
