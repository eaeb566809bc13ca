"""The desk: everything that may be done at it, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.console.desk.crew import Crew
from detector.console.desk.keeping import Keeping
from detector.console.desk.models import Models
from detector.console.desk.overview import Overview
from detector.console.desk.papers import Papers
from detector.console.desk.replies import Replies
from detector.console.desk.service import Service
from detector.console.desk.shipping import Shipping
from detector.console.desk.trail import Trail
from detector.console.desk.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.console.desk.models import Shelf
    from detector.console.desk.sources import Sources
    from detector.dossier.sealing import SampleKey
    from detector.exports.finding import Product


@dataclass(frozen=True, slots=True)
class Desk:
    """Any thread may use it."""

    triage: Triage
    keeping: Keeping
    papers: Papers
    overview: Overview
    trail: Trail
    crew: Crew
    shipping: Shipping
    service: Service
    replies: Replies
    models: Models


def make_desk(
    sources: Sources,
    product: Product,
    now: Callable[[], int],
    key: SampleKey | None = None,
    shelf: Shelf | None = None,
) -> Desk:
    """`now` tells ms of the clock; without `key`, content of samples cannot be revealed.

    Without `shelf` there are no versions of the model to show.
    """
    return Desk(
        Triage(sources, now),
        Keeping(sources, now),
        Papers(sources, key, now),
        Overview(sources, now),
        Trail(sources),
        Crew(sources, now),
        Shipping(sources, product, now),
        Service(sources, now),
        Replies(sources.database),
        Models(sources, shelf, now),
    )
