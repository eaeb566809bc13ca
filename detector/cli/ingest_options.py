"""Options of the ingest of `stillwatch serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detector.cli.kafka_options import kafka_settings
from detector.hook.ingest.opening import Destination

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
        kafka = kafka_settings(
            brokers, [topic], None, "stillwatch", protocol, mechanism, username, password_file, ca_file,
            "kafka-python",
        )  # fmt: skip
        return Destination(kafka=kafka)
    if queue is None and sketch:
        raise typer.BadParameter("--sketch needs --queue or --events-topic, where the sketches go")
    return None if queue is None else Destination(queue)
