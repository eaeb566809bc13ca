"""Options of commands that use the embedded queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detector.stream.assembly import Topics

QueueOption = Annotated[
    Path | None,
    typer.Option("--queue", help="Instead of topics: the queue that `stillwatch serve --queue` writes."),
]
BrokersOption = Annotated[
    str | None, typer.Option("--brokers", help="Brokers, host:port, separated by commas.")
]


def topics_used(
    brokers: str | None, queue: Path | None, topic: list[str] | None, pattern: str | None, sent: Topics
) -> list[str] | None:
    """Topics by which Kafka is used, to read or else to write; none if it is not.

    None as `kafka_settings` has it: a pattern says. Contradictions are shown like any other wrong option.
    """
    reads = bool(topic) or pattern is not None
    written = [name for name in (sent.alerts, sent.verdicts, sent.letters) if name is not None]
    if queue is not None and reads:
        raise typer.BadParameter("--queue and topics to read are both given; keep one")
    if brokers is None and (reads or written):
        raise typer.BadParameter("topics need --brokers, to say where they are")
    if queue is None and brokers is None:
        raise typer.BadParameter("say where events come from, with --brokers and --topic or with --queue")
    return written if queue is not None else topic
