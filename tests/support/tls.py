"""A self-signed certificate for a broker on the loopback, made by Java's own keytool."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

STORE_PASSWORD: Final = "only-for-tests"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The broker's key store, and what a client trusts to know it."""

    key_store: Path
    authority: Path


def certificate(folder: Path) -> Certificate:
    """Make a key and a certificate for 127.0.0.1 that are valid for a day."""
    made = Certificate(folder / "broker.p12", folder / "authority.pem")
    subject = ["-dname", "CN=stillwatch-tests", "-ext", "san=ip:127.0.0.1", "-validity", "1"]
    _keytool(made, "-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", *subject)
    _keytool(made, "-exportcert", "-rfc", "-file", str(made.authority))
    return made


def _keytool(made: Certificate, command: str, *options: str) -> None:
    store = ["-alias", "broker", "-keystore", str(made.key_store), "-storepass", STORE_PASSWORD]
    subprocess.run(["keytool", command, *store, *options], check=True, capture_output=True)
