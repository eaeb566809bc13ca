"""Options of the ingest of `stillwatch serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from detector.cli.kafka_options import one_topic
from detector.hook.ingest.opening import Destination
from detector.hook.ingest.settings import IngestSettings
from features.adapters import MAX_RECORD_BYTES

QueueDirOption = Annotated[
    Path | None,
    typer.Option("--queue", help="Take events, and keep them in this folder for `stillwatch run --queue`."),
]
EventsTopicOption = Annotated[
    str | None, typer.Option("--events-topic", help="Take events, and send them to this topic of Kafka.")
]
SketchOption = Annotated[
    bool, typer.Option("--sketch", help="Keep and send sketches in place of prompts and answers.")
]

BodyLimitOption = Annotated[
    int,
    typer.Option("--body-limit", min=1, max=1024, help="MiB of a body of events; four times that unpacked."),
]
EventLimitOption = Annotated[
    int, typer.Option("--event-limit", min=1, max=MAX_RECORD_BYTES // 1024, help="KiB of an event.")
]
BatchLimitOption = Annotated[
    int | None,
    typer.Option("--batch-limit", min=1, help="Events in a request.", show_default="what the body holds"),
]
FlightLimitOption = Annotated[
    int, typer.Option("--flight-limit", min=1, help="MiB of all bodies that are being worked on.")
]
EventsRateOption = Annotated[
    float | None,
    typer.Option("--events-rate", min=0.1, help="Events per second of a key.", show_default="no limit"),
]
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


def limits(body: int, event: int, batch: int | None, flight: int, rate: float | None) -> IngestSettings:
    """Of the ingest; `body` and `flight` in MiB, `event` in KiB."""
    if flight < body:
        raise typer.BadParameter(
            f"--flight-limit {flight} is under --body-limit {body}; no such body would fit"
        )
    return IngestSettings(
        body_bytes=body * _MIB, plain_bytes=4 * body * _MIB, record_bytes=event * _KIB, batch_events=batch,
        flight_bytes=flight * _MIB, events_per_second=rate,
    )  # fmt: skip


def destination(
    queue: Path | None,
    topic: str | None,
    brokers: str | None,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
    *,
    sketch: bool,
) -> Destination | None:
    """Where events go; None if none are taken. Contradictions are shown like any other wrong option."""
    if queue is not None and topic is not None:
        raise typer.BadParameter("--queue and --events-topic are both given; keep one")
    if topic is not None:
        if brokers is None:
            raise typer.BadParameter("--events-topic needs --brokers, to say where it is")
        kafka = one_topic(brokers, topic, protocol, mechanism, username, password_file, ca_file)
        return Destination(kafka=kafka)
    if queue is None and sketch:
        raise typer.BadParameter("--sketch needs --queue or --events-topic, where the sketches go")
    return None if queue is None else Destination(queue)
