"""From a body to what is to be stored: one for each format that has an endpoint. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from detector.hook.ingest.bodies import decompressed, too_many
from detector.hook.ingest.check import checked, explained
from detector.hook.ingest.links import links_of
from features.adapters.block import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.hook.ingest.check import Refused
    from detector.hook.ingest.forms import Form, Keyed
    from detector.hook.ingest.records import Records
    from detector.hook.ingest.settings import IngestSettings
    from detector.store.hook_records import Link
    from features.adapters.block import RecordReader
    from features.text.edge import EdgeVersion


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a body; the records in it are those to store and those refused."""

    keyed: Keyed
    refused: list[Refused]
    links: set[Link]
    """whose keys and end users are whose"""

    @property
    def received(self) -> int:
        """Records in the body."""
        return len(self.keyed) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Route:
    """How one format is taken; any thread may use it."""

    split: Callable[[bytes], Records]
    reader: RecordReader
    form: Form
    edge: EdgeVersion
    settings: IngestSettings
    largest: int | None = None
    """bytes of a record and its key that may be stored; None: as many as `settings` let in"""

    def take(self, body: bytes, encoding: str, now: int) -> Taken:
        """Read a body at a wall clock of `now` (ms); raises `Problem` where it cannot be read at all."""
        plain = decompressed(body, encoding, self.settings.plain_bytes)
        latest = datetime.fromtimestamp((now + self.settings.ahead) / 1000, UTC)
        check = Check(self.settings.record_bytes, latest, self.edge)
        records = self.split(plain)
        if self.settings.batch_events is not None and len(records.records) > self.settings.batch_events:
            raise too_many(self.settings.batch_events)
        found = checked(records, self.reader, check)
        keyed, large = self._fitting(self.form.records(found.good), found.places)
        return Taken(keyed, found.refused + large, links_of(found.good))

    def _fitting(self, keyed: Keyed, places: Sequence[int]) -> tuple[Keyed, list[Refused]]:
        """What can be stored, and what cannot, so that it costs only itself."""
        most = self.largest
        if most is None or not keyed:
            return keyed, []
        sizes = [len(key.encode()) + len(record) for key, record in keyed]
        fits = [one for one, size in zip(keyed, sizes, strict=True) if size <= most]
        large = [(place, size) for place, size in zip(places, sizes, strict=True) if size > most]
        return fits, [_too_large(place, size, most) for place, size in large]


def _too_large(place: int, size: int, most: int) -> Refused:
    detail = (
        f"record: {size} bytes, and the topic takes {most}; "
        "send it without its text, or have the topic's max.message.bytes raised"
    )
    return explained(place, "too_large", detail)
