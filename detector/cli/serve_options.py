"""Options of `stillwatch serve` that no other command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detector.hook.auth.keys import SLOWEST
from detector.hook.serving import Tls
from detector.telemetry.exposition import Address, MetricsError, read_address
from detector.telemetry.logs import LEVELS

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
    float, typer.Option("--rate", min=SLOWEST, help="Requests per second of a key without a rate of its own.")
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


def address(option: str, text: str) -> Address:
    """What an option says; anything but an address is shown like any other wrong option."""
    try:
        found = read_address(text)
    except MetricsError:
        found = None
    if found is None:
        raise typer.BadParameter(f"{option} {text!r} is no address; give host:port or [IPv6]:port")
    return found


def tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    """None where plain HTTP is served."""
    if certificate is None and key is None and client_ca is None:
        return None
    if certificate is None or key is None:
        raise typer.BadParameter("TLS needs both --tls-certificate and --tls-key")
    return Tls(certificate, key, client_ca)
