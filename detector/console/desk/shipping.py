"""Findings that leave the house: downloads, sinks, and what became of deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.console.desk.errors import Missing, Senseless
from detector.exports.formats import FORMATS, exported
from detector.exports.outbox.reading import finding_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.console.desk.sources import Sources
    from detector.exports.finding import Product
    from detector.exports.formats import Format
    from detector.exports.outbox.deliveries import Delivery
    from detector.exports.sinks.sink import Sink


class Shipping:
    """`product` is named in exports; `now` tells ms of the clock."""

    def __init__(self, sources: Sources, product: Product, now: Callable[[], int]) -> None:
        self._sources = sources
        self._product = product
        self._now = now

    def export(self, case_id: str, name: str) -> tuple[bytes, Format]:
        """A case as a document. Raises `Senseless` for an unknown format, `Missing`, `NotFound`."""
        if name not in FORMATS:
            raise Senseless(f"format is none; give one of {', '.join(FORMATS)}")
        case = self._sources.cases.case(case_id)
        with self._sources.database.reading() as connection:
            finding = finding_of(connection, case.case_id, self._product)
        if finding is None:
            raise Missing("the alert of this case is not kept any more; only the case is")
        return exported(finding, name), FORMATS[name]

    def sinks(self) -> list[Sink]:
        """By name, without secrets."""
        return self._sources.sinks.all()

    def deliveries(self, *, status: str | None, before: int | None, limit: int) -> list[Delivery]:
        """The latest first."""
        return self._sources.deliveries.list(status=status, before=before, limit=limit)

    def counts(self) -> dict[tuple[str, str], int]:
        """Deliveries by sink and status."""
        return self._sources.deliveries.counts()

    def retry(self, number: int) -> int:
        """Try a delivery that failed again; how many that were. Raises as `Deliveries.retry`."""
        return self._sources.deliveries.retry(self._now(), [number])
