"""The service under TLS, with clients that show a certificate (mTLS)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import grpc
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from detector.hook.gateways.messages import METHOD, SERVICE, Messages
from tests.detector.hook.running import said_in, serving

if TYPE_CHECKING:
    from pathlib import Path

PATH = f"/{SERVICE}/{METHOD}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, in PEM."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name.from_rfc4514_string("CN=authority")
        self.pair = self._signed("authority", self._key, ca=True)

    def issue(self, name: str) -> Pair:
        """For whoever is at 127.0.0.1."""
        return self._signed(name, ec.generate_private_key(ec.SECP256R1()), ca=False)

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> Pair:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name.from_rfc4514_string(f"CN={name}"))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        pair.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return pair


def test_only_clients_with_a_certificate_are_served(tmp_path: Path) -> None:
    """Over HTTPS and over gRPC alike; whoever shows none does not get as far as a request."""
    authority = Authority(tmp_path)
    server, client = authority.issue("server"), authority.issue("client")
    options = (
        "--grpc", "127.0.0.1:0", "--tls-certificate", str(server.certificate), "--tls-key", str(server.key),
        "--tls-client-ca", str(authority.pair.certificate),
    )  # fmt: skip
    with serving(tmp_path, *options) as (base, process):
        address = base.removeprefix("http://")
        trusting = ssl.create_default_context(cafile=str(authority.pair.certificate))
        with pytest.raises(httpx.TransportError):
            httpx.get(f"https://{address}/healthz", verify=trusting)
        trusting.load_cert_chain(client.certificate, client.key)
        assert httpx.get(f"https://{address}/healthz", verify=trusting).status_code == 200

        port = said_in(tmp_path / "log", r'"grpc":"127.0.0.1:(\d+)"', process)
        root = authority.pair.certificate.read_bytes()
        with pytest.raises(grpc.RpcError):
            asked(port, grpc.ssl_channel_credentials(root))
        shown = grpc.ssl_channel_credentials(root, client.key.read_bytes(), client.certificate.read_bytes())
        assert asked(port, shown) == grpc.StatusCode.OK.value[0]


def test_a_key_that_is_none_is_said(tmp_path: Path) -> None:
    """The service does not start, and says which setting to mend."""
    pair = Authority(tmp_path).issue("server")
    options = ("--tls-certificate", str(pair.certificate), "--tls-key", str(tmp_path / "missing.key"))
    with pytest.raises(AssertionError, match="TLS"), serving(tmp_path, *options):
        pass


def asked(port: str, credentials: grpc.ChannelCredentials) -> int:
    """The status of a check of an empty request."""
    messages = Messages()
    with grpc.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
        check = channel.unary_unary(
            PATH,
            request_serializer=messages.request.SerializeToString,
            response_deserializer=messages.response.FromString,
        )
        return int(check(messages.request(), timeout=20).status.code)
