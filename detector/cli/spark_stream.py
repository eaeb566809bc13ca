"""`stillwatch spark stream`: usage events from Kafka to the store, by the executors of Spark."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.compose import (
    AHEAD,
    CalibrationOption,
    LatenessOption,
    ModelOption,
    TickOption,
    set_up_stream,
    told_plainly,
)
from detector.cli.kafka_options import (
    BrokersOption,
    CaFileOption,
    GroupOption,
    MechanismOption,
    PasswordFileOption,
    PatternOption,
    ProtocolOption,
    TopicOption,
    UsernameOption,
    kafka_settings,
)
from detector.cli.run import (
    AlertsOption,
    CheckpointOption,
    IdleOption,
    KeepPayloadOption,
    LettersOption,
    LimitOption,
    LogLevelOption,
    MetricsOption,
    TakeoverOption,
    VerdictsOption,
)
from detector.cli.spark_options import MASTER, JarsOption, MasterOption, SettingsOption, spark_session
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.defaults import DEFAULT_MODEL
from detector.spark.stream_settings import SESSION, QuerySettings, connector_jars
from detector.stream.assembly import StreamSettings, Topics
from detector.stream.clock import SystemClock
from detector.stream.service import Stop
from detector.telemetry.exposition import DEFAULT_ADDRESS, read_address, serve_metrics
from detector.telemetry.fields import Name
from detector.telemetry.logs import open_logs
from detector.telemetry.spans import open_spans
from detector.telemetry.telemetry import make_telemetry
from features.adapters import FORMATS
from features.scored import catalogue_version

StateOption = Annotated[
    str,
    typer.Option(
        "--state-dir", help="Where Spark keeps offsets and state: a folder or URL of all executors."
    ),
]
ShardsOption = Annotated[
    int,
    typer.Option("--shards", min=1, help="Shards of accounts that a partition of a topic is cut into."),
]
TriggerOption = Annotated[
    float, typer.Option("--trigger", min=0.0, help="Seconds from the start of one batch to that of the next.")
]
BatchOption = Annotated[
    int, typer.Option("--batch-records", min=1, help="Records of a batch, all partitions together, at most.")
]
SparkRoleOption = Annotated[
    bool, typer.Option("--lead/--no-lead", help="Whether the driver also folds, scores and delivers.")
]


def stream_command(
    brokers: BrokersOption,
    state_dir: StateOption,
    topic: TopicOption = None,
    topic_pattern: PatternOption = None,
    master: MasterOption = MASTER,
    jar: JarsOption = None,
    spark: SettingsOption = None,
    shards: ShardsOption = 1,
    trigger: TriggerOption = 5.0,
    batch_records: BatchOption = 500_000,
    lead: SparkRoleOption = True,
    alerts: AlertsOption = None,
    verdicts: VerdictsOption = None,
    dead_letters: LettersOption = None,
    store: StoreOption = DEFAULT_STORE,
    group: GroupOption = "stillwatch",
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    log_format: Annotated[
        str, typer.Option("--format", help=f"Format of the events, one of {', '.join(FORMATS)}.")
    ] = "canonical",
    keep_payload: KeepPayloadOption = False,
    dead_letter_limit: LimitOption = 0.5,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
    idle: IdleOption = 60.0,
    checkpoint: CheckpointOption = 300.0,
    takeover: TakeoverOption = 30.0,
    metrics: MetricsOption = DEFAULT_ADDRESS,
    log_level: LogLevelOption = "info",
) -> None:
    """Do on Spark what the workers of `stillwatch run` do, until told to stop (SIGTERM, Ctrl-C).

    Key the topic of events by account. Executors decode and sketch, the driver stores what they found, and
    leads unless another process does. Let either this or workers read a topic, not both at once.

    For example:

      stillwatch spark stream --brokers localhost:9092 --topic llm.usage --state-dir /shared/stillwatch
    """
    release = version("stillwatch")
    with told_plainly(), open_logs(sys.stderr, log_level) as log, open_spans("none", release) as spans:
        kafka = kafka_settings(
            brokers, topic, topic_pattern, group, protocol, mechanism, username, password_file, ca_file,
            "kafka-python",
        )  # fmt: skip
        settings = StreamSettings(
            kafka,
            store,
            group=group,
            topics=Topics(alerts, verdicts, dead_letters),
            role="leader",
            log_format=log_format,
            ahead=round(AHEAD.total_seconds() * 1000),
            keep_payload=keep_payload,
            dead_letter_share=dead_letter_limit,
            idle_seconds=idle,
            checkpoint_seconds=checkpoint,
            takeover_seconds=takeover,
        )
        setup = set_up_stream(store, model, calibration, log_format, tick, lateness)
        ready_store(store, begin=True)
        query = QuerySettings(kafka, state_dir, model / "text", shards, trigger, batch_records)
        telemetry, clock, stop = make_telemetry(spans), SystemClock(), Stop()
        said = [*(f"{name}={value}" for name, value in SESSION.items()), *(spark or ())]
        for sent in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sent, lambda *_: stop.ask())
        with (
            serve_metrics(read_address(metrics), telemetry.registry),
            spark_session(master, "stream", jar or connector_jars(Path(sys.prefix)), said) as session,
        ):
            from detector.spark.stream_process import SparkStream  # noqa: PLC0415 - the extra is there now

            telemetry.runs(release, setup.artefact.model_id, catalogue_version())
            log.info("started", model=Name(setup.artefact.model_id))
            process = SparkStream(query, settings, setup, os.environ, clock, telemetry, log)
            process.run(session, stop, lead=lead)
            log.info("stopped")
