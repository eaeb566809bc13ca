"""`stillwatch run`: usage events from Kafka, alerts to Kafka."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.console import Console
from rich.live import Live as Display

from detector.cli.compose import (
    AHEAD,
    CalibrationOption,
    LatenessOption,
    ModelOption,
    TickOption,
    set_up,
    told_plainly,
)
from detector.cli.show import summary_table
from detector.defaults import DEFAULT_MODEL
from detector.live import Live, SystemClock
from features.adapters import FORMATS
from streaming.dead_letters import DeadLetterFile
from streaming.kafka import KafkaSink, KafkaSource
from streaming.kafka_settings import KafkaSecurity, KafkaSettings, Mechanism, Protocol

if TYPE_CHECKING:
    from detector.engine import Engine
    from detector.intake import Counts

_DEAD_LETTER_LIMIT = 100_000


def run_command(
    brokers: Annotated[str, typer.Option("--brokers", help="Brokers, host:port, separated by commas.")],
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Topic of usage events; may be given again.")
    ] = None,
    topic_pattern: Annotated[
        str | None, typer.Option("--topic-pattern", help="Instead: a regular expression of topic names.")
    ] = None,
    alerts: Annotated[str, typer.Option("--alerts", help="Topic for alert revisions.")] = "stillwatch.alerts",
    group: Annotated[str, typer.Option("--group", help="Consumer group.")] = "stillwatch",
    protocol: Annotated[
        str, typer.Option("--protocol", help=f"One of {', '.join(get_args(Protocol))}.")
    ] = "PLAINTEXT",
    mechanism: Annotated[
        str, typer.Option("--mechanism", help=f"SASL: one of {', '.join(get_args(Mechanism))}.")
    ] = "SCRAM-SHA-512",
    username: Annotated[str | None, typer.Option("--username", help="SASL user.")] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="File that holds the SASL password.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="Certificate authorities to trust.")
    ] = None,
    log_format: Annotated[
        str, typer.Option("--format", help=f"Format of the events, one of {', '.join(FORMATS)}.")
    ] = "canonical",
    dead_letters: Annotated[
        Path, typer.Option("--dead-letters", help="File for records that could not become events.")
    ] = Path("dead_letters.jsonl"),
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
) -> None:
    """Score the accounts of a live stream of usage events and publish alerts, until told to stop.

    Key the topic of events by account. Account state is kept in memory: a restart begins anew.

    For example:

      stillwatch run --brokers localhost:9092 --topic llm.usage --alerts stillwatch.alerts
    """
    console = Console(stderr=True)
    with told_plainly():
        settings = _settings(
            brokers, topic, topic_pattern, group, protocol, mechanism, username, password_file, ca_file
        )
        setup = set_up(model, calibration, log_format, tick, lateness)
        with (
            DeadLetterFile(dead_letters, keep_payload=False, limit=_DEAD_LETTER_LIMIT) as letters,
            KafkaSource(settings, os.environ, idle_blocks=True) as source,
            KafkaSink(settings, alerts, os.environ) as sink,
            Display(console=console, refresh_per_second=2) as display,
        ):
            _stop_on_signals(source)

            def show(counts: Counts, engine: Engine) -> None:
                display.update(summary_table(_figures(counts, engine)))

            Live(setup.replay, source, sink, letters, SystemClock(), AHEAD).run(log_format, show)


def _settings(
    brokers: str,
    topics: list[str] | None,
    pattern: str | None,
    group: str,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
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
            tuple(brokers.split(",")), tuple(topics or ()), pattern, group=group, security=security
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _stop_on_signals(source: KafkaSource) -> None:
    """End after the poll under way, so that what was processed is committed."""
    for sent in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sent, lambda *_: source.stop())


def _figures(counts: Counts, engine: Engine) -> dict[str, int | str]:
    verdicts = engine.verdicts
    return {
        "read": counts.read,
        "accepted": counts.accepted,
        "duplicate": counts.duplicate,
        "late": counts.late,
        "dead lettered": counts.dead_lettered,
        "accounts": len(verdicts),
        "open alerts": int(verdicts["open"].sum()),
    }
