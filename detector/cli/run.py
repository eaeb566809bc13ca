"""`stillwatch run`: usage events from Kafka to the store, findings from the store to Kafka."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.compose import (
    AHEAD,
    CalibrationOption,
    LatenessOption,
    ModelOption,
    TickOption,
    read_model,
    set_up,
    set_up_stream,
    told_plainly,
)
from detector.cli.kafka_options import (
    CaFileOption,
    ClientOption,
    GroupOption,
    MechanismOption,
    PasswordFileOption,
    PatternOption,
    ProtocolOption,
    TopicOption,
    UsernameOption,
    kafka_settings,
)
from detector.cli.lake_options import LakeEventsOption, LakeOption
from detector.cli.queue_options import BrokersOption, QueueOption, topics_used
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.defaults import DEFAULT_MODEL
from detector.registry.shadow import Challenger
from detector.stream.assembly import ROLES, StreamSettings, Topics, assembled
from detector.stream.beside import watch
from detector.stream.clock import SystemClock
from detector.stream.sampling import MOST
from detector.stream.service import Stop
from detector.telemetry.exposition import DEFAULT_ADDRESS, read_address, serve_metrics
from detector.telemetry.fields import Name
from detector.telemetry.logs import LEVELS, open_logs
from detector.telemetry.spans import EXPORTERS, open_spans
from detector.telemetry.telemetry import make_telemetry
from features.adapters import FORMATS
from features.scored import catalogue_version

if TYPE_CHECKING:
    from detector.compose import Setup
    from streaming.kafka_settings import KafkaSettings

AlertsOption = Annotated[str | None, typer.Option("--alerts", help="Topic for revisions of alerts.")]
VerdictsOption = Annotated[
    str | None, typer.Option("--verdicts", help="Compacted topic for the latest verdict on each account.")
]
LettersOption = Annotated[
    str | None,
    typer.Option("--dead-letters", help="Topic for records that could not become events."),
]
KeepPayloadOption = Annotated[
    bool,
    typer.Option("--keep-payload", help="Keep the records of dead letters, to send them again later."),
]
LimitOption = Annotated[
    float,
    typer.Option(
        "--dead-letter-limit",
        min=0.0001,
        max=1.0,
        help="Stop when more than this share of the last 10,000 records are dead letters.",
    ),
]
RoleOption = Annotated[
    str, typer.Option("--role", help=f"What this process does, one of {', '.join(ROLES)}.")
]
IdleOption = Annotated[
    float,
    typer.Option("--idle", min=0.1, help="Seconds of silence after which nobody waits for a partition."),
]
CheckpointOption = Annotated[
    float, typer.Option("--checkpoint", min=0.1, help="Seconds between two checkpoints of the state.")
]
TakeoverOption = Annotated[
    float,
    typer.Option(
        "--takeover",
        min=6.0,
        max=120.0,
        help="Seconds after which others take over what a process that fell silent did.",
    ),
]
SamplesOption = Annotated[
    int,
    typer.Option(
        "--samples",
        min=0,
        max=MOST,
        help="Requests to keep of each alerted account for people to look at, text sealed; 0: none.",
    ),
]
ChallengerOption = Annotated[
    Path | None,
    typer.Option(
        "--challenger",
        parser=partial(read_model, role="challenger"),
        metavar="DIR",
        help="A model to score by as well, which decides nothing; registry:DIR for a registry's challenger.",
    ),
]
ChallengerCalibrationOption = Annotated[
    Path | None, typer.Option("--challenger-calibration", help="Its thresholds, if they are not its own.")
]
MetricsOption = Annotated[str, typer.Option("--metrics", help="Address for Prometheus to scrape, or none.")]
TracesOption = Annotated[
    str, typer.Option("--traces", help=f"Where spans go, one of {', '.join(EXPORTERS)} (an extra).")
]
LogLevelOption = Annotated[str, typer.Option("--log-level", help=f"One of {', '.join(LEVELS)}.")]


def run_command(
    brokers: BrokersOption = None,
    queue: QueueOption = None,
    topic: TopicOption = None,
    topic_pattern: PatternOption = None,
    alerts: AlertsOption = None,
    verdicts: VerdictsOption = None,
    dead_letters: LettersOption = None,
    store: StoreOption = DEFAULT_STORE,
    role: RoleOption = "all",
    group: GroupOption = "stillwatch",
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    client: ClientOption = "kafka-python",
    log_format: Annotated[
        str, typer.Option("--format", help=f"Format of the events, one of {', '.join(FORMATS)}.")
    ] = "canonical",
    keep_payload: KeepPayloadOption = False,
    dead_letter_limit: LimitOption = 0.5,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    challenger: ChallengerOption = None,
    challenger_calibration: ChallengerCalibrationOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
    idle: IdleOption = 60.0,
    checkpoint: CheckpointOption = 300.0,
    takeover: TakeoverOption = 30.0,
    samples: SamplesOption = 0,
    lake: LakeOption = None,
    lake_events: LakeEventsOption = False,
    metrics: MetricsOption = DEFAULT_ADDRESS,
    traces: TracesOption = "none",
    log_level: LogLevelOption = "info",
) -> None:
    """Score the accounts of a live stream of usage events until told to stop (SIGTERM, Ctrl-C).

    Key the topic of events by account. All state is in the store: a process that ends, however it ends, goes
    on where it was, and what it found is found once. Start it several times to share the partitions; one
    of the processes leads, and another takes over should it go.

    For example:

      stillwatch run --brokers localhost:9092 --topic llm.usage --alerts stillwatch.alerts

      stillwatch run --queue events.queue
    """
    if role not in ROLES:
        raise typer.BadParameter(f"--role {role!r} is not known; give one of {', '.join(ROLES)}")
    release = version("stillwatch")
    with told_plainly(), open_logs(sys.stderr, log_level) as log, open_spans(traces, release) as spans:
        topics = Topics(alerts, verdicts, dead_letters)
        kafka = stream_kafka(
            brokers, queue, topic, topic_pattern, topics, group, protocol, mechanism, username,
            password_file, ca_file, client,
        )  # fmt: skip
        settings = StreamSettings(
            kafka,
            store,
            queue,
            group,
            topics,
            role=role,
            log_format=log_format,
            ahead=round(AHEAD.total_seconds() * 1000),
            keep_payload=keep_payload,
            dead_letter_share=dead_letter_limit,
            idle_seconds=idle,
            checkpoint_seconds=checkpoint,
            takeover_seconds=takeover,
            samples=samples,
            lake=lake,
            lake_events=lake_events,
        )  # fmt: skip
        setup = set_up_stream(store, model, calibration, log_format, tick, lateness)
        beside = challenger_beside(setup, challenger, challenger_calibration)
        telemetry, clock, stop = make_telemetry(spans), SystemClock(), Stop()
        for sent in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sent, lambda *_: stop.ask())
        with (
            serve_metrics(read_address(metrics), telemetry.registry),
            assembled(settings, setup, os.environ, clock, telemetry, log, stop, beside) as parts,
        ):
            telemetry.runs(release, setup.artefact.model_id, catalogue_version())
            log.info("started", role=Name(role), model=Name(setup.artefact.model_id))
            parts.service.run(lambda: watch(parts, telemetry, clock))
            log.info("stopped")


def challenger_beside(setup: Setup, model: Path | None, calibration: Path | None) -> Challenger | None:
    """What is scored beside the champion of `setup`; None where no model is named. Raises `ModelError`."""
    return None if model is None else Challenger.beside(setup, set_up(model, calibration))


def stream_kafka(
    brokers: str | None,
    queue: Path | None,
    topic: list[str] | None,
    pattern: str | None,
    sent: Topics,
    group: str,
    protocol: str,
    mechanism: str,
    username: str | None,
    password_file: Path | None,
    ca_file: Path | None,
    client: str,
) -> KafkaSettings | None:
    """Of Kafka, where it is used: to read, or to write what is found in a queue.

    Contradictions are shown like any other wrong option.
    """
    used = topics_used(brokers, queue, topic, pattern, sent)
    if brokers is None or not (queue is None or used):
        return None
    return kafka_settings(
        brokers, used, pattern, group, protocol, mechanism, username, password_file, ca_file, client
    )
