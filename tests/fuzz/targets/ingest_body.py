"""Bodies of the ingest, plain or compressed: what is taken is readable again, and all of it is told of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from detector.compose import Intake
from detector.hook.ingest.assembly import FORMATS, form_of, reader_of, splitting_of
from detector.hook.ingest.forms import Sketched
from detector.hook.ingest.route import Route
from detector.hook.ingest.settings import IngestSettings
from detector.hook.problems import Problem
from features.adapters import REASONS, make_adapter
from features.text.purposes import PurposeWeights
from tests.fuzz.parts import NOW

if TYPE_CHECKING:
    from detector.hook.ingest.route import Taken
    from features.adapters import Adapter

ENCODINGS: Final = ("", "gzip", "zstd", "br")
STATUSES: Final = frozenset({400, 413, 415})
SETTINGS: Final = IngestSettings(plain_bytes=1 << 18, record_bytes=1 << 16)


@cache
def _routes() -> tuple[Route, ...]:
    intake = Intake.of(PurposeWeights.empty(), "of the fuzz tests")
    edge = intake.reading.edge
    assert edge is not None
    routes = []
    for name, kind in FORMATS.items():
        reader = reader_of(kind, intake, SETTINGS)
        forms = (form_of(name), Sketched(intake.kernel, edge))
        routes += [Route(splitting_of(name), reader, form, edge, SETTINGS) for form in forms]
    return tuple(routes)


@cache
def _reader() -> Adapter:
    """What reads on the other side."""
    intake = Intake.of(PurposeWeights.empty(), "of the fuzz tests")
    return make_adapter("canonical", intake.reading.key, edge=intake.reading.edge)


def fuzz(data: bytes) -> None:
    """The first byte chooses the endpoint and its form, the second the encoding; the rest is the body."""
    head, body = data[:2].ljust(2, b"\0"), data[2:]
    route = _routes()[head[0] % len(_routes())]
    taken = _taken(route, body, ENCODINGS[head[1] % len(ENCODINGS)])
    if isinstance(taken, Problem):
        assert taken.status in STATUSES
        assert taken.detail.isprintable()
    else:
        _check(taken)


def _taken(route: Route, body: bytes, encoding: str) -> Taken | Problem:
    try:
        return route.take(body, encoding, NOW)
    except Problem as problem:
        return problem


def _check(taken: Taken) -> None:
    assert taken.received == len(taken.keyed) + len(taken.refused)
    assert all(one.reason in REASONS and one.line >= 1 for one in taken.refused)
    assert all(key for key, _ in taken.keyed)
    stored = _reader().decode([record for _, record in taken.keyed])
    assert not stored.rejected, stored.rejected[0].reason
