"""Puts the ingest together."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from detector.hook.ingest.forms import AsSent, Canonical, Sketched
from detector.hook.ingest.links import Links
from detector.hook.ingest.receive import Receiver
from detector.hook.ingest.records import Records, split
from detector.hook.ingest.route import Route
from detector.hook.ingest.telemetry import IngestTelemetry
from detector.hook.problems import Problem
from features.adapters import make_adapter
from features.adapters.base import RecordError
from features.adapters.otlp_export import split_export

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detector.compose import Intake
    from detector.hook.ingest.durable import Durable
    from detector.hook.ingest.forms import Form
    from detector.hook.ingest.links import LinkStore
    from detector.hook.ingest.settings import IngestSettings
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.metrics.instruments import Instruments
    from features.adapters.block import RecordReader

FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {"events": "canonical", "litellm": "litellm", "traces": "otlp"}
)
"""The format that each endpoint takes."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """What the router needs."""

    receiver: Receiver
    routes: Mapping[str, Route]
    settings: IngestSettings


def make_ingest(
    durable: Durable,
    intake: Intake,
    settings: IngestSettings,
    clock: Clock,
    instruments: Instruments,
    log: Log,
    *,
    sketch: bool = False,
    store: LinkStore | None = None,
) -> Ingest:
    """An ingest into `durable`; with `sketch`, no text goes further than this process.

    `intake` says under which key and with which weights sketches are made, and read; `store` is told
    whose keys and end users are whose.
    """
    sketched = Sketched(intake.kernel, intake.reading.edge) if sketch else None

    def route(name: str) -> Route:
        reader = reader_of(FORMATS[name], intake, settings)
        form, edge = sketched or form_of(name), intake.reading.edge
        return Route(splitting_of(name), reader, form, edge, settings, durable.largest)

    routes = MappingProxyType({name: route(name) for name in FORMATS})
    links = None if store is None else Links(store, log)
    return Ingest(
        Receiver(durable, settings, clock, IngestTelemetry(instruments), log, links), routes, settings
    )


def reader_of(kind: str, intake: Intake, settings: IngestSettings) -> RecordReader:
    """What reads records of a format; raises `FormatError` for one that is not known."""
    adapter = make_adapter(
        kind,
        intake.reading.key,
        account_from=settings.account_from,
        limit=settings.record_bytes,
        edge=intake.reading.edge,
    )
    # Each adapter is one, since it decodes blocks by it.
    return cast("RecordReader", adapter)


def form_of(name: str) -> Form:
    """In which form an endpoint's records are kept, where their text is."""
    return AsSent() if name == "events" else Canonical()


def splitting_of(name: str) -> Callable[[bytes], Records]:
    """How an endpoint's bodies are taken apart."""
    return _spans if name == "traces" else split


def _spans(body: bytes) -> Records:
    try:
        found = split_export(body).records
    except RecordError as error:
        raise Problem(400, "not-otlp", "Body is no export of traces", error.detail) from None
    return Records(found, range(1, len(found) + 1))
