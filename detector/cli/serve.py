"""`stillwatch serve`: verdicts for gateways."""

from __future__ import annotations

import os
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.compose import ModelOption, told_plainly
from detector.cli.ingest_options import EventsTopicOption, QueueDirOption, SketchOption, destination
from detector.cli.kafka_options import (
    CaFileOption,
    MechanismOption,
    PasswordFileOption,
    ProtocolOption,
    UsernameOption,
)
from detector.cli.queue_options import BrokersOption
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.defaults import DEFAULT_MODEL
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.ingest.opening import opened_ingest
from detector.hook.ingest.router import router
from detector.hook.parts import HookSettings
from detector.hook.serving import Listening, Tls, serve
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import DEFAULT_ADDRESS, Address, MetricsError, read_address, serve_metrics
from detector.telemetry.logs import LEVELS, open_logs
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import APIRouter

    from detector.hook.ingest.opening import Destination
    from detector.hook.parts import Parts
    from detector.telemetry.metrics.instruments import Instruments

HttpOption = Annotated[str, typer.Option("--http", help="Address for gateways and people.")]
GrpcOption = Annotated[str, typer.Option("--grpc", help="Address for Envoy's ext_authz over gRPC, or none.")]
KeysOption = Annotated[
    bool, typer.Option("--keys/--no-keys", help="Ask for an API key (see `stillwatch keys`).")
]
AdminOption = Annotated[
    bool, typer.Option("--admin/--no-admin", help="Serve the endpoints that command, too.")
]
FailOption = Annotated[
    str, typer.Option("--fail", help="What requests get that we cannot decide on: open or closed.")
]
RateOption = Annotated[
    float, typer.Option("--rate", min=0.1, help="Requests per second of a key without a rate of its own.")
]
SubjectsOption = Annotated[
    int, typer.Option("--subjects", min=1, help="API keys and end users whose account is remembered.")
]
SharedOption = Annotated[
    bool, typer.Option("--shared-port", help="Let several processes listen on the same HTTP port.")
]
CertificateOption = Annotated[
    Path | None, typer.Option("--tls-certificate", help="Certificate chain in PEM; serves HTTPS.")
]
TlsKeyOption = Annotated[Path | None, typer.Option("--tls-key", help="Its private key in PEM.")]
ClientCaOption = Annotated[
    Path | None,
    typer.Option("--tls-client-ca", help="Let in only clients with a certificate of this authority."),
]
MetricsOption = Annotated[str, typer.Option("--metrics", help="Address for Prometheus to scrape, or none.")]
LogLevelOption = Annotated[str, typer.Option("--log-level", help=f"One of {', '.join(LEVELS)}.")]


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
    brokers: BrokersOption = None,
    protocol: ProtocolOption = "PLAINTEXT",
    mechanism: MechanismOption = "SCRAM-SHA-512",
    username: UsernameOption = None,
    password_file: PasswordFileOption = None,
    ca_file: CaFileOption = None,
    sketch: SketchOption = False,
    model: ModelOption = DEFAULT_MODEL,
    metrics: MetricsOption = DEFAULT_ADDRESS,
    log_level: LogLevelOption = "info",
) -> None:
    """Answer gateways from the verdicts in the store, until told to stop (SIGTERM, Ctrl-C).

    Nothing is enforced until `stillwatch policy mode enforce`: until then it counts what it would have
    done. How nginx, Envoy, LiteLLM and others ask is in docs/gateways.md.

    For example:

      stillwatch serve --store sqlite:///stillwatch.db --http 127.0.0.1:8787

      stillwatch serve --queue events.queue
    """
    where = destination(
        queue, events_topic, brokers, protocol, mechanism, username, password_file, ca_file, sketch=sketch
    )
    if fail not in {"open", "closed"}:
        raise typer.BadParameter(f"--fail {fail!r} is not known; give open or closed")
    listening = Listening(
        _address("--http", http), None if grpc == "none" else _address("--grpc", grpc),
        _tls(tls_certificate, tls_key, tls_client_ca), shared_port,
    )  # fmt: skip
    with told_plainly(), open_logs(sys.stderr, log_level) as log:
        ready_store(store)
        telemetry, clock = make_telemetry(), SystemClock()
        settings = HookSettings(fail="closed" if fail == "closed" else "open", subjects=subjects)
        with closing(open_store(store)) as opened:
            parts = make_parts(
                opened, settings, telemetry.instruments, clock, log, keys_required=keys, rate=rate
            )
            with (
                serve_metrics(read_address(metrics), telemetry.registry),
                _ingest(where, store, model, parts, telemetry.instruments, sketch=sketch) as routers,
            ):
                serve(make_app(parts, routers, with_admin=admin), parts, listening)
        log.info("stopped")


@contextmanager
def _ingest(
    where: Destination | None,
    store: str,
    model: Path,
    parts: Parts,
    instruments: Instruments,
    *,
    sketch: bool,
) -> Iterator[list[APIRouter]]:
    """The endpoints that take events, if there is a place for these."""
    if where is None:
        yield []
        return
    with opened_ingest(
        where, store, model, os.environ, parts.clock, instruments, parts.log, sketch=sketch, links=parts.store
    ) as ingest:
        yield [router(parts.keys, ingest)]


def _address(option: str, text: str) -> Address:
    try:
        found = read_address(text)
    except MetricsError:
        found = None
    if found is None:
        raise typer.BadParameter(f"{option} {text!r} is no address; give host:port or [IPv6]:port")
    return found


def _tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    if certificate is None and key is None and client_ca is None:
        return None
    if certificate is None or key is None:
        raise typer.BadParameter("TLS needs both --tls-certificate and --tls-key")
    return Tls(certificate, key, client_ca)
