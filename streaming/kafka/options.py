"""Settings as kafka-python takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from streaming.kafka_settings import KafkaSettings


_RECORD_BYTES: Final = 64 * 1024 * 1024
"""The client's own bound, above any that a topic may well have."""


def connection_options(settings: KafkaSettings, environ: Mapping[str, str]) -> dict[str, Any]:
    """Options of any client; OSError or ValueError if a credential cannot be read."""
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
        **{name: str(_readable(path)) for name, path in files.items() if path is not None},
    }
    if security.sasl:
        options["sasl_mechanism"] = security.mechanism
        options["sasl_plain_username"] = security.username
        options["sasl_plain_password"] = security.password(environ)
    return options


def consumer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Options of a consumer."""
    return {
        "metrics_enabled": False,
        "group_id": settings.group,
        "enable_auto_commit": False,
        "max_poll_records": settings.max_poll_records,
        "session_timeout_ms": millis(settings.session_seconds),
        "heartbeat_interval_ms": min(3000, millis(settings.session_seconds / 3)),
        "max_poll_interval_ms": millis(settings.max_poll_seconds),
        # Events of an aborted transaction were never sent.
        "isolation_level": "read_committed",
    }


def producer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Options of a producer."""
    deadline = millis(settings.unreachable_seconds)
    return {
        "metrics_enabled": False,
        "acks": "all",
        "max_request_size": _RECORD_BYTES,
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
