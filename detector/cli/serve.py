"""`stillwatch serve`: verdicts for gateways."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.compose import told_plainly
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.parts import HookSettings
from detector.hook.serving import Listening, Tls, serve
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import DEFAULT_ADDRESS, Address, read_address, serve_metrics
from detector.telemetry.logs import LEVELS, open_logs
from detector.telemetry.telemetry import make_telemetry

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
    metrics: MetricsOption = DEFAULT_ADDRESS,
    log_level: LogLevelOption = "info",
) -> None:
    """Answer gateways from the verdicts in the store, until told to stop (SIGTERM, Ctrl-C).

    Nothing is enforced until `stillwatch policy mode enforce`: until then it counts what it would have
    done. How nginx, Envoy, LiteLLM and others ask is in docs/gateways.md.

    For example:

      stillwatch serve --store sqlite:///stillwatch.db --http 127.0.0.1:8787
    """
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
            with serve_metrics(read_address(metrics), telemetry.registry):
                serve(make_app(parts, with_admin=admin), parts, listening)
        log.info("stopped")


def _address(option: str, text: str) -> Address:
    found = read_address(text)
    if found is None:
        raise typer.BadParameter(f"{option} {text!r} is no address; give host:port or [IPv6]:port")
    return found


def _tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    if certificate is None and key is None and client_ca is None:
        return None
    if certificate is None or key is None:
        raise typer.BadParameter("TLS needs both --tls-certificate and --tls-key")
    return Tls(certificate, key, client_ca)
