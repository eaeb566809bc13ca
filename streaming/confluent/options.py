"""Settings as librdkafka takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka_settings import KafkaSettings


def consumer_options(settings: KafkaSettings, environ: Mapping[str, str]) -> dict[str, Any]:
    """Options of a consumer; OSError or ValueError if a credential cannot be read."""
    return {
        "bootstrap.servers": ",".join(settings.brokers),
        "client.id": settings.client_id,
        "group.id": settings.group,
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": _millis(settings.session_seconds),
        "heartbeat.interval.ms": min(3000, _millis(settings.session_seconds / 3)),
        "max.poll.interval.ms": _millis(settings.max_poll_seconds),
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        # Where nothing is stored `seek` decides; this is for offsets that retention has deleted meanwhile.
        "auto.offset.reset": "error" if settings.auto_offset_reset == "none" else "earliest",
        # Events of an aborted transaction were never sent.
        "isolation.level": "read_committed",
        "check.crcs": True,
        # The end is announced, so that markers of transactions after the last record are no lag.
        "enable.partition.eof": True,
        "topic.metadata.refresh.interval.ms": _millis(settings.discovery_seconds),
        # Every attempt is a line in the log, and the default is ten a second.
        "reconnect.backoff.ms": 1000,
        "reconnect.backoff.max.ms": 2000,
        **_security(settings, environ),
    }


def _security(settings: KafkaSettings, environ: Mapping[str, str]) -> dict[str, Any]:
    security = settings.security
    files = {
        "ssl.ca.location": security.ca_file,
        "ssl.certificate.location": security.cert_file,
        "ssl.key.location": security.key_file,
    }
    options: dict[str, Any] = {"security.protocol": security.protocol}
    for name, path in files.items():
        if path is not None:
            with path.open("rb"):
                options[name] = str(path)
    if security.sasl:
        options["sasl.mechanism"] = security.mechanism
        options["sasl.username"] = security.username
        options["sasl.password"] = security.password(environ)
    return options


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
