"""`stillwatch serve`: verdicts for gateways."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import typer

from detector.cli.compose import (
    CalibrationOption,
    LatenessOption,
    ModelOption,
    TickOption,
    told_plainly,
)
from detector.cli.ingest_options import (
    BatchLimitOption,
    BodyLimitOption,
    EventLimitOption,
    EventsRateOption,
    EventsTopicOption,
    FlightLimitOption,
    QueueDirOption,
    SketchOption,
    destination,
    limits,
)
from detector.cli.kafka_options import (
    CaFileOption,
    MechanismOption,
    PasswordFileOption,
    ProtocolOption,
    UsernameOption,
)
from detector.cli.queue_options import BrokersOption
from detector.cli.run import (
    ChallengerCalibrationOption,
    ChallengerOption,
    CheckpointOption,
    IdleOption,
    SamplesOption,
    challenger_beside,
)
from detector.cli.serve_console import (
    ConsoleChoice,
    ConsoleOption,
    OidcOption,
    ProxyOption,
    RegistryOption,
    SiteOption,
    chosen_console,
    console_settings,
)
from detector.cli.serve_options import (
    AdminOption,
    CertificateOption,
    ClientCaOption,
    FailOption,
    GrpcOption,
    HttpOption,
    KeysOption,
    LogLevelOption,
    MetricsOption,
    RateOption,
    SharedOption,
    SubjectsOption,
    TlsKeyOption,
    address,
    tls,
)
from detector.cli.serve_stream import RunOption, chosen_stream, stream_settings, stream_setup
from detector.cli.serve_tokens import (
    AuthoritiesOption,
    HeaderOption,
    IssuerOption,
    OriginOption,
    SpentOption,
    TrustOption,
    chosen_tokens,
    token_choice,
)
from detector.cli.serve_verdicts import VerdictsOption, heard_verdicts
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.console.schemas import SCHEMAS
from detector.defaults import DEFAULT_MODEL
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.ingest.opening import opened_ingest
from detector.hook.ingest.router import router
from detector.hook.parts import HookSettings
from detector.hook.serving import Listening, serve
from detector.human.privacy_pass import HEADER
from detector.people.headers import SecurityHeaders
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import DEFAULT_ADDRESS, read_address, serve_metrics
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from features.adapters import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import APIRouter, FastAPI

    from detector.console.opening import Opened
    from detector.hook.ingest.opening import Destination
    from detector.hook.ingest.settings import IngestSettings
    from detector.hook.parts import Parts
    from detector.telemetry.metrics.instruments import Instruments


def serve_command(
    store: StoreOption = DEFAULT_STORE,
    http: HttpOption = "127.0.0.1:8787",
    grpc: GrpcOption = "none",
    keys: KeysOption = True,
    admin: AdminOption = True,
    fail: FailOption = "open",
    rate: RateOption = 10_000.0,
    subjects: SubjectsOption = 1_000_000,
    shared_port: SharedOption = False,
    tls_certificate: CertificateOption = None,
    tls_key: TlsKeyOption = None,
    tls_client_ca: ClientCaOption = None,
    queue: QueueDirOption = None,
    events_topic: EventsTopicOption = None,
    verdicts: VerdictsOption = None,
    brokers: BrokersOption = None,
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    sketch: SketchOption = False,
    body_limit: BodyLimitOption = 16,
    event_limit: EventLimitOption = MAX_RECORD_BYTES // 1024,
    batch_limit: BatchLimitOption = None,
    flight_limit: FlightLimitOption = 256,
    events_rate: EventsRateOption = None,
    run: RunOption = False,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    challenger: ChallengerOption = None,
    challenger_calibration: ChallengerCalibrationOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
    idle: IdleOption = 60.0,
    checkpoint: CheckpointOption = 300.0,
    samples: SamplesOption = 0,
    token_issuer: IssuerOption = None,
    token_origin: OriginOption = None,
    token_header: HeaderOption = HEADER,
    spent_tokens: SpentOption = None,
    token_network: TrustOption = None,
    token_ca: AuthoritiesOption = None,
    console: ConsoleOption = True,
    origin: SiteOption = None,
    proxy: ProxyOption = None,
    oidc: OidcOption = None,
    registry: RegistryOption = None,
    metrics: MetricsOption = DEFAULT_ADDRESS,
    log_level: LogLevelOption = "info",
) -> None:
    """Answer gateways from the verdicts in the store, and people in the console, until told to stop.

    Nothing is enforced until `stillwatch policy mode enforce`: until then it counts what it would have
    done. How nginx, Envoy, LiteLLM and others ask is in docs/gateways.md.

    For example:

      stillwatch serve --store sqlite:///stillwatch.db --http 127.0.0.1:8787

      stillwatch serve --run --queue events.queue
    """
    where = destination(
        queue, events_topic, brokers, protocol, mechanism, username, password_file, ca_file, sketch=sketch
    )
    heard = heard_verdicts(verdicts, brokers, protocol, mechanism, username, password_file, ca_file)
    limited = limits(body_limit, event_limit, batch_limit, flight_limit, events_rate)
    tokens = token_choice(
        token_issuer, token_origin, token_header, spent_tokens, token_network, token_ca, store
    )
    if fail not in {"open", "closed"}:
        raise typer.BadParameter(f"--fail {fail!r} is not known; give open or closed")
    listening = Listening(
        address("--http", http), None if grpc == "none" else address("--grpc", grpc),
        tls(tls_certificate, tls_key, tls_client_ca), shared_port,
    )  # fmt: skip
    people = console_settings(
        ConsoleChoice(console, origin, tuple(proxy or ()), oidc, registry), listening, store
    )
    if challenger is not None and not run:
        raise typer.BadParameter("--challenger needs --run: it is scored beside what the stream scores")
    stream = stream_settings(store, queue, idle, checkpoint, samples) if run else None
    with told_plainly(), open_logs(sys.stderr, log_level) as log:
        ready_store(store, begin=True)
        telemetry, clock = make_telemetry(), SystemClock()
        settings = HookSettings(fail="closed" if fail == "closed" else "open", subjects=subjects)
        setup = None if stream is None else stream_setup(store, model, calibration, tick, lateness)
        beside = None if setup is None else challenger_beside(setup, challenger, challenger_calibration)
        with ExitStack() as stack:
            stored = stack.enter_context(closing(open_store(store)))
            desk = stack.enter_context(chosen_tokens(tokens, clock, telemetry.instruments, log))
            parts = make_parts(
                stored,
                settings,
                telemetry.instruments,
                clock,
                log,
                keys_required=keys,
                rate=rate,
                tokens=desk,
                verdicts=heard,
            )
            stack.enter_context(serve_metrics(read_address(metrics), telemetry.registry))
            routers = stack.enter_context(
                _ingest(where, store, model, parts, telemetry.instruments, limited, sketch=sketch)
            )
            # Last, for it reads the queue that the ingest makes.
            ended = stack.enter_context(chosen_stream(stream, setup, beside, clock, telemetry, log))
            opened = stack.enter_context(chosen_console(people, store, parts))
            serve(_app(parts, routers, opened, with_admin=admin), parts, listening, ended)
        log.info("stopped")


def _app(parts: Parts, routers: list[APIRouter], console: Opened | None, *, with_admin: bool) -> FastAPI:
    if console is None:
        return make_app(parts, routers, with_admin=with_admin)
    mounted, close = [*routers, *console.routers], [console.people.close]
    app = make_app(parts, mounted, SCHEMAS, close, with_admin=with_admin)
    app.add_middleware(SecurityHeaders, secure=console.people.site.secure)
    return app


@contextmanager
def _ingest(
    where: Destination | None,
    store: str,
    model: Path,
    parts: Parts,
    instruments: Instruments,
    limited: IngestSettings,
    *,
    sketch: bool,
) -> Iterator[list[APIRouter]]:
    """The endpoints that take events, if there is a place for these."""
    if where is None:
        yield []
        return
    with opened_ingest(
        where, store, model, os.environ, parts.clock, instruments, parts.log, limited,
        sketch=sketch, links=parts.store,
    ) as ingest:  # fmt: skip
        yield [router(parts.keys, ingest)]
