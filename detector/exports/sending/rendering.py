"""What a sink gets of a finding: fixed when it enters the outbox, so that every try sends the same."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.alert import timestamp
from detector.exports import wording
from detector.exports.cef import cef
from detector.exports.ecs import ecs
from detector.exports.ocsf.event import detection_finding
from detector.exports.plain import plain
from detector.exports.sending.notify import Message
from detector.exports.sending.syslog_message import Header
from detector.exports.sinks.sink import Syslog, Webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.exports.finding import Activity, Finding
    from detector.exports.sinks.sink import Sink

_EVENTS: Final[dict[Activity, str]] = {
    "create": "finding.created",
    "update": "finding.updated",
    "close": "finding.closed",
}
_DOCUMENTS: Final[dict[str, Callable[[Finding], dict[str, Any]]]] = {
    "ocsf": detection_finding,
    "ecs": ecs,
    "json": plain,
}


def rendered(sink: Sink, finding: Finding, host: str | None = None) -> bytes:
    """The body for a sink's way of sending; `host` names this machine to syslog."""
    target = sink.target
    if isinstance(target, Webhook):
        document = _DOCUMENTS[target.format](finding)
        said = {"type": _EVENTS[finding.activity], "timestamp": timestamp(finding.time), "data": document}
        return msgspec.json.encode(said)
    if isinstance(target, Syslog):
        header = Header(target.facility, finding.severity, finding.time, host or socket.gethostname())
        return header.line(cef(finding))
    title, text = wording.summary(finding)
    return msgspec.json.encode(Message(title, text, finding.severity))
