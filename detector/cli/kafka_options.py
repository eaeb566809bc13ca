"""Options of every command that talks to Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from streaming.kafka_settings import Client, KafkaSecurity, KafkaSettings, Mechanism, Protocol

BrokersOption = Annotated[str, typer.Option("--brokers", help="Brokers, host:port, separated by commas.")]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="Topic of usage events; may be given again.")
]
PatternOption = Annotated[
    str | None, typer.Option("--topic-pattern", help="Instead: a regular expression of topic names.")
]
GroupOption = Annotated[str, typer.Option("--group", help="Consumer group.")]
ProtocolOption = Annotated[str, typer.Option("--protocol", help=f"One of {', '.join(get_args(Protocol))}.")]
MechanismOption = Annotated[
    str, typer.Option("--mechanism", help=f"SASL: one of {', '.join(get_args(Mechanism))}.")
]
UsernameOption = Annotated[str | None, typer.Option("--username", help="SASL user.")]
PasswordFileOption = Annotated[
    Path | None, typer.Option("--password-file", help="File that holds the SASL password.")
]
CaFileOption = Annotated[Path | None, typer.Option("--ca-file", help="Certificate authorities to trust.")]
ClientOption = Annotated[
    str,
    typer.Option("--client", help="Library that reads, kafka-python or confluent (an extra, and faster)."),
]


def one_topic(
    brokers: str,
    topic: str,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
) -> KafkaSettings:
    """Settings of the service, which joins no group and has no choice of clients."""
    return kafka_settings(
        brokers, [topic], None, "stillwatch", protocol, mechanism, username, password_file, ca_file,
        "kafka-python",
    )  # fmt: skip


def kafka_settings(
    brokers: str,
    topics: list[str] | None,
    pattern: str | None,
    group: str,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
    client: str,
) -> KafkaSettings:
    """Settings from options; contradictions are shown like any other wrong option."""
    if not topics and pattern is None:
        raise typer.BadParameter("name what to read with --topic or --topic-pattern")
    try:
        security = KafkaSecurity(
            protocol=cast("Protocol", protocol),
            mechanism=cast("Mechanism", mechanism),
            username=username,
            password_file=password_file,
            ca_file=ca_file,
        )
        return KafkaSettings(
            tuple(brokers.split(",")),
            tuple(topics or ()),
            pattern,
            group=group,
            security=security,
            client=cast("Client", client),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
