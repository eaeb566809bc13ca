from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import msgspec
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from detector.store.intake import Claim, IntakeCounts, Letter, PartitionCommit
from detector.telemetry.fields import Account, Failure, Field, Name
from detector.telemetry.logs import Log, open_logs
from detector.telemetry.otel import OtelSpans
from detector.telemetry.telemetry import Telemetry, make_telemetry
from features.adapters import make_adapter
from features.contract import UsageEvent
from features.hashing import HashKey

if TYPE_CHECKING:
    from features.batch import Decoded

ORIGIN = "llm.usage/0"
CANARY = "canary"
LOGGER = logging.getLogger("streaming.canaries")
GOOD: dict[str, Any] = {"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "somebody"}


def events() -> list[dict[str, Any]]:
    """An event for each field of the contract with a canary in it, and one with canaries in its text."""
    singing: list[dict[str, Any]] = []
    for field in msgspec.structs.fields(UsageEvent):
        singing.append(GOOD | {field.name: f"{CANARY} {field.name}"})
        singing.append(GOOD | {field.name: f"{CANARY}-{field.name}"})
    message = {"role": "user", "content": f"{CANARY} in a prompt"}
    return [*singing, GOOD | {"messages": [message], "response": f"{CANARY} in an answer"}]


def tell(telemetry: Telemetry, log: Log, spans: OtelSpans, decoded: Decoded, letters: list[Letter]) -> None:
    """Everything that a worker tells of a block, and of an exception that quotes it."""
    telemetry.intake.decoded(decoded)
    counts = IntakeCounts(read=decoded.lines, accepted=len(decoded.batch.rows), dead_lettered=len(letters))
    telemetry.intake.committed([PartitionCommit(ORIGIN, 1, 9, b"", 1, counts, letters=letters)], 0.1)
    error = ValueError(letters[0].payload, letters[0].detail)
    fields: dict[str, Field] = {"origin": Name(ORIGIN), "records": decoded.lines, "error": Failure(error)}
    log.warning("dead letters", **fields)
    LOGGER.warning("%s: %s", letters[0].payload, error)
    with spans.span("commit", **fields):
        pass


def test_no_text_of_an_event_is_told() -> None:
    """A canary in every field of every event is in no metric, no log line and no span."""
    records = [json.dumps(event).encode() for event in events()]
    decoded = make_adapter("canonical", HashKey.from_secret("s")).decode(records)
    letters = [Letter(each.line, each.reason, each.detail, records[each.line]) for each in decoded.rejected]
    # A later step that gets it wrong and gives content as a reason.
    letters.append(Letter(99, f"{CANARY} as a reason", "", b""))
    telemetry, stream, exporter = make_telemetry(), io.StringIO(), InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.intake.assigned([Claim(ORIGIN, 1, None, b"", IntakeCounts(), idle=False, closed=None)])

    with open_logs(stream, "debug") as log:
        tell(telemetry, log, OtelSpans(provider.get_tracer("tests")), decoded, letters)

    provider.shutdown()
    metrics = generate_latest(telemetry.registry).decode()
    exported = "".join(span.to_json() for span in exporter.get_finished_spans())
    assert len(decoded.batch.rows) > 10
    assert len(letters) > 10
    assert CANARY not in metrics + stream.getvalue() + exported
    assert ORIGIN in metrics
    assert ORIGIN in stream.getvalue()
    assert ORIGIN in exported


def test_an_account_id_is_told_where_it_is_meant() -> None:
    """People need it to find the account again; it is never a label."""
    stream = io.StringIO()
    with open_logs(stream) as log:
        log.info("evicted", account=Account("some body"))
    assert json.loads(stream.getvalue())["account"] == "some body"
    assert "account_id" not in generate_latest(make_telemetry().registry).decode()
