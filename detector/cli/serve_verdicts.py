"""The topic of verdicts that `stillwatch serve` may listen to."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.kafka_options import one_topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from detector.hook.hearing import Tail
    from streaming.kafka_settings import KafkaSettings

VerdictsOption = Annotated[
    str | None,
    typer.Option(
        "--verdicts", help="Topic that `stillwatch run --verdicts` writes: hear of verdicts there, too."
    ),
]


def heard_verdicts(
    topic: str | None,
    brokers: str | None,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
) -> Callable[[], Tail] | None:
    """What connects to the topic; None if there is none. Contradictions are shown like any wrong option."""
    if topic is None:
        return None
    if brokers is None:
        raise typer.BadParameter("--verdicts needs --brokers, to say where it is")
    settings = one_topic(brokers, topic, protocol, mechanism, username, password_file, ca_file)
    return partial(_tail, settings)


def _tail(settings: KafkaSettings) -> Tail:
    # Only who listens needs the client of Kafka.
    from streaming.kafka.tail import KafkaTail  # noqa: PLC0415

    return KafkaTail(settings, os.environ)
