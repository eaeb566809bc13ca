"""The way to a sink, with its secrets, which are looked up for every try so that they may change."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.exports.errors import ExportError
from detector.exports.sending.notify import NotifySending
from detector.exports.sending.syslog import SyslogSending
from detector.exports.sending.webhook import WebhookSending
from detector.exports.sinks.secrets import secret
from detector.exports.sinks.sink import Syslog, Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.exports.finding import Product
    from detector.exports.sending.guard import Guard
    from detector.exports.sending.outcome import Sending
    from detector.exports.sinks.sink import Sink


@dataclass(frozen=True, slots=True)
class Ways:
    """What sending needs from outside."""

    environment: Mapping[str, str]
    guard: Guard
    product: Product
    tls: ssl.SSLContext
    """verifies certificates, as `ssl.create_default_context()` does"""

    def to(self, sink: Sink) -> Sending:
        """Raises `ExportError` where a secret or a file is not there."""
        target = sink.target
        if isinstance(target, Webhook):
            agent = f"{self.product.name}/{self.product.version}"
            key = secret(target.secret, self.environment)
            return WebhookSending(target.url, key, self.guard, self.tls, agent)
        if isinstance(target, Syslog):
            return SyslogSending(target, _tls(target) if target.transport == "tls" else None)
        return NotifySending(secret(target.url, self.environment), self.product.name)


def _tls(target: Syslog) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=target.authority or None)
    except (OSError, ssl.SSLError) as error:
        raise ExportError(f"authority {target.authority}: {type(error).__name__}; name a PEM file") from None
