"""Syslog messages as RFC 5424 writes them, and RFC 6587 frames them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from detector.alert import timestamp

_APP: Final = "stillwatch"
_MESSAGE_ID: Final = "finding"
_HOST: Final = re.compile(r"[^!-~]")
_SEVERITIES: Final = (6, 6, 5, 4, 3, 2)
"""Of syslog by ours: informational, notice, warning, error, critical."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the message."""

    facility: int
    severity: int
    """ours, 1 to 5"""
    time: int
    """ms"""
    host: str

    def line(self, text: str) -> bytes:
        """The message without structured data; ends of lines are the text's own business."""
        priority = 8 * self.facility + _SEVERITIES[self.severity]
        host = _HOST.sub("", self.host)[:255] or "-"
        said = f"<{priority}>1 {timestamp(self.time)} {host} {_APP} - {_MESSAGE_ID} - {text}"
        return said.encode("utf-8", "replace")


def framed(line: bytes) -> bytes:
    """With its length before it (RFC 6587, section 3.4.1; RFC 5425, section 4.3)."""
    return b"%d %s" % (len(line), line)
