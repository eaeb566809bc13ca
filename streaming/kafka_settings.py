"""Where Kafka is and how a client proves itself; no client library is needed to say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """How a client proves itself to the brokers and they to it.

    The password is no field, so that no repr, log or dump of settings can show it: `password_env` names the
    environment variable, or `password_file` the file, that holds it. Without `ca_file` the system's
    certificate authorities are trusted; `cert_file` and `key_file` are the client's own, for mutual TLS.
    """

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        for name, value, known in (
            ("protocol", self.protocol, get_args(Protocol)),
            ("mechanism", self.mechanism, get_args(Mechanism)),
        ):
            if value not in known:
                raise ValueError(f"kafka security.{name} {value!r} is not one of {', '.join(known)}")
        sources = (self.password_env, self.password_file)
        if self.sasl and (self.username is None or sources.count(None) != 1):
            raise ValueError(
                f"kafka security.protocol {self.protocol} needs security.username and exactly one of "
                "security.password_env and security.password_file"
            )

    @property
    def sasl(self) -> bool:
        """Whether the client logs in with a name and a password."""
        return self.protocol.startswith("SASL_")

    def password(self, environ: Mapping[str, str]) -> str:
        """The password; raises ValueError if the variable is not set, OSError if the file cannot be read."""
        if self.password_file is not None:
            return self.password_file.read_text(encoding="utf-8").strip()
        if self.password_env is None or self.password_env not in environ:
            raise ValueError(f"environment variable {self.password_env} is not set; put the password there")
        return environ[self.password_env]


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the brokers are and, for a source, what to read as whom."""

    brokers: tuple[str, ...]
    """`host:port` of one or more brokers; the others are learnt from them"""
    topics: tuple[str, ...] = ()
    """topics to read, all of which must exist"""
    pattern: str | None = None
    """instead of `topics`: a regular expression that a topic's whole name matches, now or later"""
    group: str = "stillwatch"
    client_id: str = "stillwatch"
    security: KafkaSecurity = field(default_factory=KafkaSecurity)
    max_poll_records: int = 5000
    auto_offset_reset: Literal["earliest", "latest", "none"] = "earliest"
    """where a group starts that has committed nothing yet; `none` refuses to start"""
    poll_seconds: float = 0.5
    """how long a poll waits for records, and so the pace of idle blocks"""
    discovery_seconds: float = 60.0
    """how soon new partitions, and new topics of `pattern`, are noticed"""
    unreachable_seconds: float = 60.0
    """how long brokers may be gone before a source or sink gives up"""

    def __post_init__(self) -> None:
        if not self.brokers:
            raise ValueError("kafka brokers is empty; name at least one host:port")
        if self.topics and self.pattern is not None:
            raise ValueError("kafka topics and kafka pattern are both set; keep one")
        if self.pattern is not None:
            _compile(self.pattern)


def _compile(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"kafka pattern is no regular expression: {error}") from error


def connection_options(settings: KafkaSettings, environ: Mapping[str, str]) -> dict[str, Any]:
    """kafka-python's options of any client; OSError or ValueError if a credential cannot be read."""
    security = settings.security
    files = {
        "ssl_cafile": security.ca_file,
        "ssl_certfile": security.cert_file,
        "ssl_keyfile": security.key_file,
    }
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "client_id": settings.client_id,
        "security_protocol": security.protocol,
        "bootstrap_timeout_ms": millis(settings.unreachable_seconds),
        # After an outage the client would otherwise wait up to half a minute before it looks again.
        "reconnect_backoff_max_ms": 2000,
        "metadata_max_age_ms": millis(settings.discovery_seconds),
        "metrics_enabled": False,
        **{name: str(_readable(path)) for name, path in files.items() if path is not None},
    }
    if security.sasl:
        options["sasl_mechanism"] = security.mechanism
        options["sasl_plain_username"] = security.username
        options["sasl_plain_password"] = security.password(environ)
    return options


def consumer_options(settings: KafkaSettings) -> dict[str, Any]:
    """kafka-python's options of a consumer."""
    return {
        "group_id": settings.group,
        "enable_auto_commit": False,
        "auto_offset_reset": settings.auto_offset_reset,
        "max_poll_records": settings.max_poll_records,
        # Events of an aborted transaction were never sent.
        "isolation_level": "read_committed",
    }


def producer_options(settings: KafkaSettings) -> dict[str, Any]:
    """kafka-python's options of a producer."""
    deadline = millis(settings.unreachable_seconds)
    return {
        "acks": "all",
        "enable_idempotence": True,
        "delivery_timeout_ms": deadline,
        "request_timeout_ms": min(30_000, deadline),
        "max_block_ms": min(10_000, deadline),
    }


def millis(seconds: float) -> int:
    """Seconds as kafka-python takes them."""
    return round(seconds * 1000)


def _readable(path: Path) -> Path:
    with path.open("rb"):
        return path
